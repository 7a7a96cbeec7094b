import { sha256Hex } from '../../base/hash.ts';
import { decodeCommit } from '../../log/commit.ts';
import type { RegistryEvent } from '../../log/events.ts';
import { type Intent, isKnownEvent, type UnknownEvent } from '../../log/intent.ts';
import { readCommits } from '../../log/log-reader.ts';
import { ARCHIVED, FIRST_STAGE } from '../../rules/policy.ts';
import type { IntentVerdict, RegistryState } from '../../rules/state.ts';
import type { ObjectStore } from '../../storage/object-store.ts';

const READ_AT_ONCE = 256;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What a shared registry would get of a registry that was on this machine alone. */
export interface TakeOver {
  readonly intents: readonly Intent[];
  readonly models: readonly TakenModel[];
}

export interface TakenModel {
  readonly name: string;
  readonly versions: number;
  /** The shared registry has a model of this name: versions join it as candidates. */
  readonly isThere: boolean;
  /** Whether its changes of stage come along. */
  readonly withStages: boolean;
}

/** The shared side, as far as it matters for what is taken over. */
export interface Target {
  readonly registryId: string;
  hasModel(name: string): boolean;
}

/**
 * The intents that say in a shared registry what the log of a local one says: who, when and why stay as they were, ids of models and
 * versions too. An intent gets the same new id each time, so that an interrupted take-over goes on where it was. Changes of stage come
 * along for models that are new there and whose files are all here.
 */
export async function takeOver(
  store: ObjectStore,
  head: { readonly seq: number; readonly formatHash: string },
  catalog: { readonly state: RegistryState; settled(id: string): IntentVerdict | undefined },
  target: Target,
  upload: 'on-register' | 'on-promote',
): Promise<TakeOver> {
  const local = catalog.state;
  const models = new Map<string, TakenModel>();
  const originals: Intent[] = [];
  for await (const intent of intentsOf(store, head)) {
    const verdict = catalog.settled(intent.id);
    if (!verdict || verdict.code !== undefined) continue;
    originals.push(intent);
    for (const event of intent.events.filter(isKnownEvent)) noteModel(models, local, target, event);
  }
  const published = new Set<string>();
  const intents: Intent[] = [];
  const publish = (artifact: string, version: string, like: Intent) => {
    if (published.has(artifact)) return;
    published.add(artifact);
    const id = derivedId(like.id, `${target.registryId} ${artifact}`);
    const events = [{ type: 'artifact.published', artifact, version } as const];
    intents.push({ ...like, id, registryId: target.registryId, via: 'import', expects: {}, events });
  };
  for (const intent of originals) {
    const events = intent.events.filter((event) => isTaken(event, local, models));
    if (events.length === 0) continue;
    for (const event of events.filter(isKnownEvent)) {
      const version = event.type === 'stage.changed' ? local.version(event.version) : undefined;
      if (version) publish(version.artifact, version.id, intent);
    }
    const isWhole = events.length === intent.events.length;
    const id = derivedId(intent.id, target.registryId);
    const expects = isWhole || events.some(({ type }) => type !== 'version.registered') ? intent.expects : {};
    intents.push({ ...intent, id, registryId: target.registryId, via: 'import', expects, events });
  }
  if (upload === 'on-register') {
    for (const intent of originals) {
      for (const event of intent.events.filter(isKnownEvent)) {
        if (event.type !== 'version.registered') continue;
        const { digest } = event.artifact;
        if (local.artifactStatus(digest) === 'published') publish(digest, event.version, intent);
      }
    }
  }
  return { intents, models: [...models.values()] };
}

async function* intentsOf(
  store: ObjectStore,
  { seq: head, formatHash }: { readonly seq: number; readonly formatHash: string },
): AsyncGenerator<Intent> {
  let hash = formatHash;
  for (let from = 1; from <= head; from += READ_AT_ONCE) {
    const commits = await readCommits(store, from, Math.min(READ_AT_ONCE, head - from + 1));
    for (const [index, bytes] of commits.entries()) {
      const decoded = decodeCommit(bytes, { seq: from + index - 1, hash });
      hash = sha256Hex(bytes);
      if (decoded.kind !== 'commit') continue;
      for (const line of decoded.intents) {
        if (line.kind !== 'intent') continue;
        // Signatures are of what was said to the old log.
        const { proof: _proof, ...intent } = line.intent;
        yield intent;
      }
    }
  }
}

function noteModel(models: Map<string, TakenModel>, local: RegistryState, target: Target, event: RegistryEvent): void {
  const id = modelOf(local, event);
  const record = id === undefined ? undefined : local.model(id);
  if (!record) return;
  const isThere = target.hasModel(record.name);
  const known = models.get(record.id) ?? { name: record.name, versions: 0, isThere, withStages: !isThere };
  const isRegistered = event.type === 'version.registered' && local.version(event.version)?.isDeleted === false;
  const version = event.type === 'stage.changed' ? local.version(event.version) : undefined;
  const needsFiles = event.type === 'stage.changed' && event.to !== FIRST_STAGE && event.to !== ARCHIVED;
  const isGone = needsFiles && (!version || local.artifactStatus(version.artifact) !== 'published');
  models.set(record.id, {
    ...known,
    versions: known.versions + (isRegistered ? 1 : 0),
    withStages: known.withStages && !isGone,
  });
}

function modelOf(local: RegistryState, event: RegistryEvent): string | undefined {
  if ('model' in event && typeof event.model === 'string') return local.model(event.model)?.id;
  if ('version' in event && typeof event.version === 'string') return local.version(event.version)?.model;
  return undefined;
}

/** What a model that is there already keeps to itself: its name, its rules and who holds its stages. */
const OWN: ReadonlySet<string> = new Set([
  'model.updated',
  'model.renamed',
  'model.deleted',
  'policy.set',
  'policy.proposed',
  'policy.withdrawn',
  'policy.approved',
  'policy.refused',
]);
/** Without the changes of stage, approvals would stand that were used, or that lapsed. */
const OF_STAGES: ReadonlySet<string> = new Set([
  'stage.changed',
  'approval.given',
  'approval.refused',
  'promotion.requested',
  'promotion.withdrawn',
]);
/** Facts about the other registry. */
const NEVER: ReadonlySet<string> = new Set(['artifact.published', 'artifact.withdrawn', 'registry.sealed']);

function isTaken(
  event: RegistryEvent | UnknownEvent,
  local: RegistryState,
  models: ReadonlyMap<string, TakenModel>,
): boolean {
  if (NEVER.has(event.type)) return false;
  if (!isKnownEvent(event)) return true;
  const id = modelOf(local, event);
  const model = id === undefined ? undefined : models.get(id);
  if (OF_STAGES.has(event.type)) return model?.withStages ?? false;
  return !(model?.isThere && OWN.has(event.type));
}

/** A ULID that follows from another one and from what it is for. */
function derivedId(id: string, purpose: string): string {
  const hash = BigInt(`0x${sha256Hex(`${id} ${purpose}`).slice(0, 20)}`);
  const letters = Array.from({ length: 16 }, (_, index) => CROCKFORD[Number((hash >> BigInt(5 * index)) & 31n)]);
  return `${id.slice(0, 10)}${letters.join('')}`;
}
