/** `1 in production, 40 candidates, 3 archived`: how many versions are in each stage. */
export function stageCounts(stages: readonly { readonly stage: string; readonly count: number }[]): string {
  return stages.map(({ stage, count }) => `${count.toLocaleString('en-US')} ${placeOf(stage, count)}`).join(', ');
}

function placeOf(stage: string, count: number): string {
  if (stage === 'archived') return stage;
  if (stage === 'candidate') return count === 1 ? 'candidate' : 'candidates';
  return `in ${stage}`;
}
