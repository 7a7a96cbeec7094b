import type { DangerFinding } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { type PickleWalk, type WalkOptions, walkPickles } from '../pickle/walk.ts';
import { PickleJudge, type PicklePlace } from './pickle-judge.ts';

export interface JudgedWalk extends PickleWalk {
  readonly findings: readonly DangerFinding[];
}

const WHY_STOPPED: Readonly<Record<'truncated' | 'not-an-opcode' | 'too-large' | 'enough', string>> = {
  truncated: 'ends in the middle: what would follow isn’t known',
  'not-an-opcode': 'goes on with something that isn’t a pickle, and couldn’t be looked through further',
  'too-large': 'is too large to be looked through to its end',
  enough: 'has more pickles than are looked through',
};

/** Walks the pickles in these bytes and judges what loading them would do. What couldn't be looked through is `unknown`. */
export async function walkAndJudge(
  source: ByteSource,
  place: PicklePlace,
  options: Omit<WalkOptions, 'onEvent'> = {},
): Promise<JudgedWalk> {
  const judge = new PickleJudge(place);
  const walk = await walkPickles(source, { ...options, onEvent: judge.see });
  await judge.lookInside(source);
  const findings = [...judge.findings()];
  const { stopped } = walk;
  const isCut = stopped !== undefined && (stopped.why === 'too-large' || walk.pickles.every(({ isWhole }) => !isWhole));
  if (isCut || (stopped?.why === 'enough' && options.maxPickles === undefined))
    findings.push({
      ...place,
      verdict: 'unknown',
      what: 'the rest of the pickle',
      why: WHY_STOPPED[stopped.why],
      offset: stopped.offset,
    });
  return { ...walk, findings };
}
