import { tCount } from './language.ts';

/** `1 in production, 40 candidates, 3 archived`: how many versions are in each stage. */
export function stageCounts(stages: readonly { readonly stage: string; readonly count: number }[]): string {
  return stages.map(({ stage, count }) => countIn(stage, count)).join(', ');
}

function countIn(stage: string, count: number): string {
  if (stage === 'archived') return tCount(count, '{count} archived', '{count} archived');
  if (stage === 'candidate') return tCount(count, '{count} candidate', '{count} candidates');
  return tCount(count, '{count} in {stage}', '{count} in {stage}', { stage });
}
