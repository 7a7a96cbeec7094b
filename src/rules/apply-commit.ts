import { type CommitProblem, decodeCommit, type Head, hashOfCommit } from '../log/commit.ts';
import { type DecodedIntent, type Intent, isKnownEvent } from '../log/intent.ts';
import { applyEvent } from './apply-event.ts';
import { checkExpectations } from './expectations.ts';
import { NeedsNewer, RuleBreak } from './rule-break.ts';
import { checkSignature } from './signature-rules.ts';
import type { FactSource, IntentOutcome, RegistryState } from './state.ts';

/** The head of an applied log, with the log's clock there. */
export interface LogPosition extends Head {
  readonly at: string;
}

export interface CommitOutcome {
  readonly position: LogPosition;
  /** Why it is void as a whole, where it is. */
  readonly problem?: CommitProblem;
  readonly needs?: string;
  readonly intents: readonly { readonly id?: string; readonly outcome: IntentOutcome }[];
}

/**
 * Applies the bytes of commit `before.seq + 1`. Pure but for `state`: the same log gives the same state and the same verdicts, for ever.
 * Never throws for anything in `bytes`.
 */
export function applyCommit(
  state: RegistryState,
  bytes: Uint8Array,
  before: LogPosition,
  registryId: string,
): CommitOutcome {
  const seq = before.seq + 1;
  const hash = hashOfCommit(bytes);
  const decoded = decodeCommit(bytes, before);
  if (decoded.kind !== 'commit') {
    const position = { seq, hash, at: before.at };
    const why = decoded.kind === 'void' ? { problem: decoded.problem } : { needs: `commits of version ${decoded.v}` };
    state.addCommit({ seq, hash, at: before.at, ...why });
    return { position, ...why, intents: [] };
  }
  const at = decoded.envelope.at > before.at ? decoded.envelope.at : before.at;
  state.addCommit({ seq, hash, at });
  const intents = decoded.intents.map((intent, position) =>
    applyIntent(state, intent, { seq, position, at }, registryId),
  );
  return { position: { seq, hash, at }, intents };
}

/** What applying `intent` would come to now. Leaves `state` as it was. */
export function judgeIntent(state: RegistryState, intent: Intent, at: LogPosition, registryId: string): IntentOutcome {
  let outcome: IntentOutcome = { kind: 'applied' };
  state.atomically(() => {
    const source = sourceOf(intent, { seq: at.seq + 1, position: 0, at: at.at });
    ({ outcome } = outcomeOf(state, intent, source, registryId));
    return false;
  });
  return outcome;
}

/** Applies one intent at its place in a commit. Pure but for `state`, as `applyCommit`. */
export function applyIntent(
  state: RegistryState,
  decoded: DecodedIntent,
  place: Pick<FactSource, 'seq' | 'position' | 'at'>,
  registryId: string,
): { readonly id?: string; readonly outcome: IntentOutcome } {
  if (decoded.kind === 'malformed') {
    const outcome: IntentOutcome = { kind: 'void', code: 'MALFORMED', message: `The intent ${decoded.problem}.` };
    state.addVoidIntent({ ...place, ...(decoded.id === undefined ? {} : { id: decoded.id }) }, outcome);
    return { ...(decoded.id === undefined ? {} : { id: decoded.id }), outcome };
  }
  if (decoded.kind === 'unknown') {
    const outcome: IntentOutcome = { kind: 'unknown', needs: decoded.needs };
    state.addVoidIntent({ ...place, id: decoded.id }, outcome);
    return { id: decoded.id, outcome };
  }
  const { intent } = decoded;
  const { id } = intent;
  if (state.hasIntent(id)) {
    const outcome: IntentOutcome = {
      kind: 'void',
      code: 'REPEATED',
      message: `The intent ${id} stands in the log already.`,
    };
    state.addVoidIntent({ ...place, id }, outcome);
    return { id, outcome };
  }
  const source = sourceOf(intent, place);
  let judged: Judged = { outcome: { kind: 'applied' } };
  state.atomically(() => {
    judged = outcomeOf(state, intent, source, registryId);
    return judged.outcome.kind === 'applied';
  });
  const { outcome, signer } = judged;
  state.addIntent(signedBy(source, signer), subjectsOf(state, intent), outcome);
  return { id, outcome };
}

function sourceOf({ id, by, askedAt, via }: Intent, place: Pick<FactSource, 'seq' | 'position' | 'at'>): FactSource {
  const { seq, position, at } = place;
  // What else an author writes there is no fact.
  return { seq, position, at, intentId: id, by: { name: by.name, email: by.email }, askedAt, via };
}

function signedBy(source: FactSource, signer: string | undefined): FactSource {
  return signer === undefined ? source : { ...source, by: { ...source.by, signer } };
}

interface Judged {
  readonly outcome: IntentOutcome;
  /** Who signed it, by the policy of the first model that knows the key. */
  readonly signer?: string;
}

function outcomeOf(state: RegistryState, intent: Intent, source: FactSource, registryId: string): Judged {
  let first: string | undefined;
  try {
    if (intent.registryId !== registryId)
      throw new RuleBreak('OTHER_REGISTRY', `The intent was meant for registry ${intent.registryId}.`);
    if (state.isSealed())
      throw new RuleBreak('SEALED', 'The registry was sealed when it was joined to shared storage.');
    checkExpectations(state, intent.expects);
    for (const event of intent.events) {
      if (isKnownEvent(event)) {
        const signer = checkSignature(state, event, intent.proof);
        first ??= signer;
        applyEvent(state, event, signedBy(source, signer));
      } else state.addUnknownEvent(event, source);
    }
    return { outcome: { kind: 'applied' }, ...(first === undefined ? {} : { signer: first }) };
  } catch (error) {
    if (error instanceof RuleBreak) return { outcome: { kind: 'void', code: error.code, message: error.message } };
    if (error instanceof NeedsNewer) return { outcome: { kind: 'unknown', needs: error.needs } };
    throw error;
  }
}

/** The models that the events are about, by their canonical ids. */
function subjectsOf(state: RegistryState, intent: Intent): readonly string[] {
  const subjects = new Set<string>();
  for (const event of intent.events) {
    for (const name of ['model', 'version'] as const) {
      const id = name in event ? event[name as keyof typeof event] : undefined;
      const model = typeof id === 'string' ? state.model(state.version(id)?.model ?? id) : undefined;
      if (model) subjects.add(model.id);
    }
  }
  return [...subjects];
}
