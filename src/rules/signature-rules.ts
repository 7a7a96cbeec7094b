import type { RegistryEvent } from '../log/events.ts';
import type { SignatureDemand } from '../log/policy-schema.ts';
import type { Proof } from '../log/signed-line.ts';
import { parsePolicy } from './policy.ts';
import { RuleBreak } from './rule-break.ts';
import { type Signers, signersOf } from './signers.ts';
import type { ModelRecord, RegistryState } from './state.ts';

/** Whoever may do these unsigned could get round everything that a model's signers protect. */
const ALWAYS: ReadonlySet<RegistryEvent['type']> = new Set([
  'policy.set',
  'policy.proposed',
  'policy.withdrawn',
  'policy.approved',
  'policy.refused',
  'model.renamed',
  'model.deleted',
]);

/** What decides which version a stage or an alias leads to. */
const STAGES: ReadonlySet<RegistryEvent['type']> = new Set([
  'stage.changed',
  'alias.set',
  'alias.removed',
  'version.deleted',
]);
const APPROVALS: ReadonlySet<RegistryEvent['type']> = new Set([
  'approval.given',
  'approval.refused',
  'promotion.requested',
  'promotion.withdrawn',
]);

/**
 * Who signed the event, of those whose signatures count for its model; undefined where nobody did and nobody has to. Throws `RuleBreak`
 * where somebody has to.
 */
export function checkSignature(
  state: RegistryState,
  event: RegistryEvent,
  proof: Proof | undefined,
): string | undefined {
  if (event.type === 'registry.sealed') return checkSeal(state, proof);
  const model = modelOf(state, event);
  if (!model) return undefined;
  const signers = signersOf(state.policy(model.id));
  const person = signers && personOf(signers, proof);
  if (signers) {
    if (person === undefined && isDemanded(signers.demands, event.type))
      throw unsigned(`What is asked of ${model.name}`, [signers], proof);
    return person;
  }
  return event.type === 'policy.set' ? checkFirstSigners(model, event.policy, proof) : undefined;
}

/** The sets of signers of which one has to sign, or may, for what an event asks. */
export function signersAsked(state: RegistryState, event: RegistryEvent): readonly Signers[] {
  if (event.type === 'registry.sealed') return everySigners(state);
  const model = modelOf(state, event);
  const present = model && signersOf(state.policy(model.id));
  if (present) return [present];
  const next = event.type === 'policy.set' ? signersIn(event.policy) : undefined;
  return next ? [next] : [];
}

/** Whoever names signers shows that they can sign: a list of keys that nobody has could never be changed again. */
function checkFirstSigners(model: ModelRecord, policy: unknown, proof: Proof | undefined): string | undefined {
  const next = signersIn(policy);
  if (!next) return undefined;
  const person = personOf(next, proof);
  if (person !== undefined) return person;
  throw unsigned(`A first list of signers for ${model.name}`, [next], proof);
}

/** Sealing ends everything, so that it needs whoever is trusted with anything. */
function checkSeal(state: RegistryState, proof: Proof | undefined): string | undefined {
  const all = everySigners(state);
  if (all.length === 0) return undefined;
  for (const signers of all) {
    const person = personOf(signers, proof);
    if (person !== undefined) return person;
  }
  throw unsigned('Sealing the registry', all, proof);
}

function everySigners(state: RegistryState): readonly Signers[] {
  return state.policies().flatMap((policy) => signersOf(policy) ?? []);
}

function signersIn(policy: unknown): Signers | undefined {
  const parsed = parsePolicy(policy);
  return parsed.kind === 'policy' ? signersOf(parsed.policy) : undefined;
}

function personOf({ personOfKey }: Signers, proof: Proof | undefined): string | undefined {
  const person = proof && personOfKey.get(proof.key);
  return person !== undefined && proof?.isGood() ? person : undefined;
}

function isDemanded(demands: ReadonlySet<SignatureDemand>, type: RegistryEvent['type']): boolean {
  if (ALWAYS.has(type) || demands.has('all')) return true;
  if (demands.has('gates') && type === 'gate.recorded') return true;
  return (demands.has('stages') && STAGES.has(type)) || (demands.has('approvals') && APPROVALS.has(type));
}

function modelOf(state: RegistryState, event: RegistryEvent): ModelRecord | undefined {
  if ('model' in event && typeof event.model === 'string') return state.model(event.model);
  const version = 'version' in event && typeof event.version === 'string' ? state.version(event.version) : undefined;
  return version && state.model(version.model);
}

function unsigned(what: string, all: readonly Signers[], proof: Proof | undefined): RuleBreak {
  const people = [...new Set(all.flatMap(({ personOfKey }) => [...personOfKey.values()]))];
  const some = `${people.slice(0, 5).join(', ')}${people.length > 5 ? ` and ${people.length - 5} more` : ''}`;
  const isListed = proof && all.some(({ personOfKey }) => personOfKey.has(proof.key));
  const how = isListed
    ? 'its signature is not of this text'
    : proof
      ? 'it is signed by another key'
      : 'it is not signed';
  return new RuleBreak('SIGNATURE_NEEDED', `${what} has to be signed by ${some}, and ${how}.`);
}
