import { RegistryError } from '../../base/errors.ts';
import { versionById } from '../../catalog/version-queries.ts';
import { isStale } from '../../intents/choose-batch.ts';
import type { RefusedIntent } from '../../intents/pending-queue.ts';
import type { EventOf, RegistryEvent } from '../../log/events.ts';
import { type Intent, isKnownEvent } from '../../log/intent.ts';
import { policyOf } from '../../rules/lookup.ts';
import { kindOfMove, stageOf } from '../../rules/policy.ts';
import type { PendingEntry, RefusedEntry } from '../api/sharing.ts';
import { removeAlias, setAlias } from '../commands/annotations.ts';
import { promote, rollback } from '../commands/stages.ts';
import { inWords } from '../in-words.ts';
import { reasonIn, summaryOf } from '../queries/log-summary.ts';
import { dbOf, intentOf, readToHead, readToWrite, record, type Session, stateOf } from '../session.ts';
import { presumedProof } from '../signing.ts';
import { inTheWayOf } from './in-the-way.ts';
import type { SharedRegistry } from './shared-registry.ts';

/** The shared side of a registry. Throws `NO_REMOTE` where there is none. */
export function sharedOf(session: Session): SharedRegistry {
  if (session.shared) return session.shared;
  throw new RegistryError(
    'NO_REMOTE',
    'This registry is on this machine alone. Attach shared storage with `model-registry remote add URL`.',
  );
}

export async function pendingEntries(session: Session): Promise<readonly PendingEntry[]> {
  const { shared } = session;
  if (!shared) return [];
  await readToHead(session);
  const confirmed = await shared.queue.confirmations();
  const now = shared.now();
  return (await shared.queue.list()).map(({ intent }) => {
    const reason = reasonIn(intent.events);
    return {
      ...outline(session, intent),
      via: intent.via,
      ...(reason === undefined ? {} : { reason }),
      isStale: isStale(intent, now, confirmed.get(intent.id)),
    };
  });
}

export async function refusedEntries(session: Session): Promise<readonly RefusedEntry[]> {
  const { shared } = session;
  if (!shared) return [];
  await readToHead(session);
  // What asking again would come to is told as if it were signed.
  const key = await session.ownKey?.publicKey().catch(() => undefined);
  return Promise.all((await shared.queue.refused()).map((entry) => refusedEntry(session, entry, key)));
}

/** What became of an intent of this machine. */
export async function outcomeOf(session: Session, id: string): Promise<'applied' | 'pending' | 'gone'> {
  await readToHead(session);
  const settled = session.catalog.settled(id);
  if (settled) return settled.code === undefined ? 'applied' : 'gone';
  return (await session.shared?.queue.find(id)) ? 'pending' : 'gone';
}

/** Takes back what waits to be shared. */
export async function withdraw(session: Session, { id }: { readonly id: string }): Promise<void> {
  const shared = sharedOf(session);
  let outcome = await shared.authority.withdraw(id);
  // It was sent, and asking the remote tells whether it got there.
  if (outcome === 'uncertain') {
    await shared.sync({ bytesOf: [] }).catch(() => undefined);
    outcome = await shared.authority.withdraw(id);
  }
  if (outcome === 'absent') throw pendingNotFound(id);
  if (outcome === 'withdrawn') return;
  throw new RegistryError(
    'WITHDRAW_UNCERTAIN',
    'It was sent to the shared storage, whose answer is missing, so it may be shared already. Try again when the storage can be reached.',
  );
}

/** Says again that an old change of stage is wanted. */
export async function confirm(session: Session, { id }: { readonly id: string }): Promise<void> {
  const shared = sharedOf(session);
  if (!(await shared.queue.find(id))) throw pendingNotFound(id);
  await shared.queue.confirm(id, Math.floor(shared.now()));
}

/** Decides about what was refused. */
export async function resolveRefused(
  session: Session,
  { id, how, reason }: { readonly id: string; readonly how: 'apply' | 'drop'; readonly reason?: string },
): Promise<void> {
  const { queue } = sharedOf(session);
  const entry = (await queue.refused()).find(({ intent }) => intent.id === id);
  if (!entry) {
    throw new RegistryError(
      'REFUSED_NOT_FOUND',
      `Nothing that was refused has the id ${id}. \`model-registry refused\` lists what has.`,
    );
  }
  if (how === 'apply') {
    await readToWrite(session);
    await applyAgain(session, entry.intent);
  }
  if (how === 'drop' && reason !== undefined) await explainDrop(session, entry.intent, reason);
  await queue.forgetRefused(id);
}

/** Says beside the version why something that was asked of it isn't wanted any more, if there still is one. */
async function explainDrop(session: Session, { events }: Intent, reason: string): Promise<void> {
  await readToWrite(session);
  const subjects = events.flatMap((event) => (isKnownEvent(event) && 'version' in event ? [event.version] : []));
  const version = subjects
    .map((id) => (typeof id === 'string' ? stateOf(session).version(id) : undefined))
    .find((found) => found && !found.isDeleted);
  if (!version) return;
  const text = `Dropped “${summaryOf(session, events)}”: ${reason}`;
  await record(session, { events: [{ type: 'comment.added', version: version.id, text }] });
}

/** Asks for the same once more, on top of what is there now. */
async function applyAgain(session: Session, intent: Intent): Promise<void> {
  const [only, ...others] = intent.events.filter(isKnownEvent);
  if (only && others.length === 0) {
    if (only.type === 'stage.changed') return void (await moveAgain(session, only));
    if (only.type === 'alias.set') {
      const { model, alias, version } = only;
      return void (await setAlias(session, { model, alias, ref: version }));
    }
    if (only.type === 'alias.removed') return removeAlias(session, { model: only.model, alias: only.alias });
  }
  const events = intent.events.filter(isKnownEvent);
  await record(session, { events });
}

async function moveAgain(session: Session, event: EventOf<'stage.changed'>): Promise<void> {
  const { version, to, kind, reason, override } = event;
  if (kind !== 'rollback') {
    await promote(session, { ref: version, stage: to, reason, override });
    return;
  }
  const target = versionById(dbOf(session), stateOf(session).version(version)?.id ?? version);
  if (!target) throw new RegistryError('VERSION_NOT_FOUND', 'The version was deleted meanwhile. Drop this instead.');
  await rollback(session, { model: target.modelId, to: target.number, stage: to, reason });
}

function outline(session: Session, intent: Intent) {
  const { id, askedAt, by, events } = intent;
  return { id, askedAt, by: { name: by.name, email: by.email }, summary: summaryOf(session, events), events };
}

async function refusedEntry(
  session: Session,
  { intent, code, message }: RefusedIntent,
  key?: string,
): Promise<RefusedEntry> {
  const theirs = await inTheWayOf(session, intent, code);
  const now = judgedAgain(session, intent, key);
  return {
    ...outline(session, intent),
    code,
    reason: inWords(session, message),
    ...(theirs ? { theirs } : {}),
    ...now,
  };
}

function judgedAgain(session: Session, intent: Intent, key?: string): Pick<RefusedEntry, 'wouldApply' | 'wouldDo'> {
  const events = onTop(session, intent.events.filter(isKnownEvent));
  const outcome = session.catalog.judge({ ...intentOf(session, { events }), ...presumedProof(key) });
  if (outcome.kind === 'applied') return { wouldApply: true, wouldDo: summaryOf(session, events) };
  const why = outcome.kind === 'void' ? outcome.message : `It needs ${outcome.needs.join(', ')}.`;
  return { wouldApply: false, wouldDo: inWords(session, why) };
}

/** The events as they would have to be to hold now. */
function onTop(session: Session, events: readonly RegistryEvent[]): readonly RegistryEvent[] {
  const state = stateOf(session);
  return events.map((event) => {
    if (event.type !== 'stage.changed') return event;
    const version = state.version(event.version);
    if (!version) return event;
    const policy = policyOf(state, version.model);
    const rule = stageOf(policy, event.to);
    const holder = rule?.isExclusive ? state.versionsInStage(version.model, event.to, 1)[0] : undefined;
    const displaces = holder && rule && holder.id !== version.id ? [{ version: holder.id, to: rule.displacedTo }] : [];
    const kind = event.kind === 'rollback' ? event.kind : kindOfMove(policy, version.stage, event.to);
    return { ...event, from: version.stage, kind, displaces };
  });
}

function pendingNotFound(id: string): RegistryError {
  return new RegistryError(
    'PENDING_NOT_FOUND',
    `Nothing with the id ${id} waits to be shared: it was shared, refused or withdrawn. \`model-registry pending\` lists what waits.`,
  );
}
