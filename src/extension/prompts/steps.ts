import { t } from '../../base/language.ts';
import { labelOf } from '../version-text.ts';
import type { Answers } from './answers.ts';

/** Where a question stands in its sequence. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  /** Whether the person may go back, where that isn't told by the number of the step: what was passed over isn't counted, and may be asked. */
  readonly canGoBack?: boolean;
}

export function mayGoBack({ step, canGoBack = step > 1 }: Place): boolean {
  return canGoBack;
}

export type Reply<T> =
  /** With `isUnasked`, it was known without a question. */
  | { readonly kind: 'given'; readonly value: T; readonly isUnasked?: true }
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
  const path: { readonly answers: Answers; readonly isAsked: boolean }[] = given.map((answers) => {
    return { answers, isAsked: false };
  });
  for (;;) {
    const answers = path.at(-1)?.answers ?? start;
    const step = steps[path.length];
    if (step === undefined) return answers;
    // From the question on that it was chosen in, each says of which version it is.
    const chosen = start.version === undefined ? answers.version : undefined;
    const named = chosen === undefined ? title : t('{title}: {version}', { title, version: labelOf(chosen) });
    // Counted are those that the person sees.
    const asked = path.filter(({ isAsked }) => isAsked).length;
    const totalSteps = steps.length - path.length + asked;
    const back = path.length > 0 && asked === 0 ? { canGoBack: true } : {};
    const reply = await step({ title: named, step: asked + 1, totalSteps, ...back }, answers);
    if (reply.kind === 'cancelled') return undefined;
    if (reply.kind === 'given') path.push({ answers: reply.value, isAsked: reply.isUnasked !== true });
    else path.pop();
  }
}

/** Which questions were passed over, by the answers that they begin with. */
const passedOver = new WeakSet<Answers>();

/** The reply to a question that has one answer only: who goes back over it comes to the question before. */
export function passOver(answers: Answers, given: Answers): Reply<Answers> {
  if (passedOver.has(answers)) return { kind: 'back' };
  passedOver.add(answers);
  return { kind: 'given', value: { ...given }, isUnasked: true };
}

/** Turns the answer to one question into all answers. */
export function added<T>(reply: Reply<T>, add: (value: T) => Answers): Reply<Answers> {
  return reply.kind === 'given' ? { kind: 'given', value: add(reply.value) } : reply;
}
