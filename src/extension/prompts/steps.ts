import { t } from '../../base/language.ts';
import { labelOf } from '../version-text.ts';
import type { Answers } from './answers.ts';

/** Where a question stands in its sequence. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

export type Reply<T> =
  | { readonly kind: 'given'; readonly value: T }
  | { readonly kind: 'back' }
  | { readonly kind: 'cancelled' };

/** Asks one thing and gives the answers with its own added. */
export type Step = (place: Place, answers: Answers) => Promise<Reply<Answers>>;

/**
 * Asks step by step, back and forth. Undefined where the person left. `given` answers the first steps, which are asked only where the person goes
 * back to them.
 */
export async function askInSteps(
  title: string,
  start: Answers,
  steps: readonly Step[],
  given: readonly Answers[] = [],
): Promise<Answers | undefined> {
  const path: Answers[] = [start, ...given];
  for (;;) {
    const answers = path.at(-1) ?? start;
    const step = steps[path.length - 1];
    if (step === undefined) return answers;
    // From the question on that it was chosen in, each says of which version it is.
    const chosen = start.version === undefined ? answers.version : undefined;
    const named = chosen === undefined ? title : t('{title}: {version}', { title, version: labelOf(chosen) });
    const reply = await step({ title: named, step: path.length, totalSteps: steps.length }, answers);
    if (reply.kind === 'cancelled') return undefined;
    if (reply.kind === 'given') path.push(reply.value);
    else if (path.length > 1) path.pop();
  }
}

/** Turns the answer to one question into all answers. */
export function added<T>(reply: Reply<T>, add: (value: T) => Answers): Reply<Answers> {
  return reply.kind === 'given' ? { kind: 'given', value: add(reply.value) } : reply;
}
