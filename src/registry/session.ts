import type { ByteService } from '../artifacts/byte-service.ts';
import { isoTime } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { NewId } from '../base/ids.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { unknownNeeds } from '../catalog/log-queries.ts';
import type { Author, Via } from '../catalog/read-models/author.ts';
import type { Sqlite } from '../catalog/sqlite.ts';
import type { SyncOptions } from '../intents/shared-authority.ts';
import type { Authority, RefusedOutcome } from '../intents/submitting.ts';
import type { RegistryEvent } from '../log/events.ts';
import { decodeIntent, type Expectations, encodeIntent, type Intent } from '../log/intent.ts';
import { RESERVED_KEYS } from '../log/parts.ts';
import type { Inspector } from '../modelfiles/inspector.ts';
import type { Statistician } from '../predictions/statistician.ts';
import type { IntentOutcome, RegistryState } from '../rules/state.ts';
import type { LocalStore } from '../storage/object-store.ts';
import type { Recording, RegistryLocation } from './api/registry.ts';
import { unexplainedBreaks } from './chain-breaks.ts';
import { emptiedHead } from './emptied-commits.ts';
import { goneProblem } from './gone.ts';
import { replacedLog } from './replaced-log.ts';
import { textTooLong } from './request-problem.ts';
import { withoutSecretsIn } from './secrets-in-events.ts';
import { onPurposeAdvice, type SeenHead, seenHeadProblem } from './seen-head.ts';
import type { ServingReports } from './shared/serving-reports.ts';
import type { SharedRegistry } from './shared/shared-registry.ts';
import { type OwnKey, signedWhereKnown } from './signing.ts';

/** What commands and queries work with: one open registry. */
export interface Session {
  readonly location: RegistryLocation;
  readonly author: Author;
  readonly via: Via;
  readonly clock: () => number;
  readonly newId: NewId;
  readonly store: LocalStore;
  readonly catalog: Catalog;
  /** Hash of `format.json`, from which commit 1 follows. */
  readonly formatHash: string;
  readonly authority: Authority;
  /** Where the registry is shared. */
  readonly shared?: SharedRegistry;
  /** What machines say that they serve. */
  readonly reports: ServingReports;
  readonly bytes: ByteService;
  /** What this person signs with. */
  readonly ownKey?: OwnKey;
  /** Reads headers of model files, which may be hostile. */
  readonly inspector: Inspector;
  readonly statistician: Statistician;
  readonly seenHead: SeenHead;
  /** Who is told of what this process recorded. */
  readonly recordListeners: Set<(recording: Recording) => void>;
}

export function dbOf(session: Session): Sqlite {
  return session.catalog.db;
}

export function stateOf(session: Session): RegistryState {
  return session.catalog.state;
}

/** Reads the log to its head and throws if what was read can't be trusted. The first step of every query. */
export async function readToHead(session: Session): Promise<void> {
  // First of all: what is applied on top of another log would be void.
  const replaced = await placeProblem(session);
  if (replaced) throw replaced;
  await session.catalog.catchUp();
  await session.shared?.authority.refresh();
  const problem = await logProblem(session);
  if (problem) throw problem;
}

/** What is wrong with the log that the catalog was built from, where anything is. */
export async function damageIn(session: Session): Promise<RegistryError | undefined> {
  return (await placeProblem(session)) ?? (await logProblem(session));
}

async function placeProblem(session: Session): Promise<RegistryError | undefined> {
  return (await goneProblem(session)) ?? (await replacedLog(session));
}

async function logProblem(session: Session): Promise<RegistryError | undefined> {
  return (await emptiedHead(session)) ?? (await seenHeadProblem(session)) ?? (await chainProblem(session));
}

async function chainProblem(session: Session): Promise<RegistryError | undefined> {
  const changed = session.catalog.changedCommit;
  if (changed !== undefined) {
    return new RegistryError(
      'LOG_REWRITTEN',
      `Commit ${changed} isn't what it was when it was read here before, is missing, or can't be read. Run \`model-registry verify\` to see the damage, and put the file back from a backup; nothing was changed. ${onPurposeAdvice(session)}`,
      { details: { seq: changed } },
    );
  }
  const [seq] = await unexplainedBreaks(session);
  if (seq === undefined) return undefined;
  return new RegistryError(
    'LOG_DAMAGED',
    `Commit ${seq} doesn't follow from the one before it, so one of the two was changed after it was written. Run \`model-registry verify\` to learn which, and put the file back from a backup; nothing was changed.`,
    { details: { seq } },
  );
}

/** Reads to the head and throws where the registry can't be written to. The first step of every command. */
export async function readToWrite(session: Session): Promise<void> {
  await session.authority.giveWay();
  await readToHead(session);
  const needs = unknownNeeds(dbOf(session));
  if (needs.length > 0) {
    throw new RegistryError(
      'FORMAT_NEWER',
      `The registry uses ${needs.join(', ')}, which this version of Model Registry doesn't know, so it is read-only here. Update Model Registry.`,
      { details: { needs } },
    );
  }
  if (session.shared?.attachment.isDetached) {
    throw new RegistryError(
      'DETACHED',
      'This is a copy of a shared registry that was detached, so it is read-only. Attach it again with `model-registry remote add URL`.',
    );
  }
  if (stateOf(session).isSealed()) {
    throw new RegistryError(
      'SEALED',
      'This registry was sealed when it was joined to shared storage, so it is read-only. Open the shared one.',
    );
  }
}

/** What a command wants recorded. */
export interface Request {
  readonly events: readonly RegistryEvent[];
  readonly expects?: Expectations;
}

/** Makes the intent for a request. Throws `TEXT_TOO_LONG` and `REQUEST_INVALID` where no reader of the log would accept it. */
export function intentOf(session: Session, request: Request): Intent {
  const intent: Intent = {
    id: session.newId(),
    registryId: session.location.registryId,
    by: session.author,
    askedAt: isoTime(session.clock()),
    via: session.via,
    requires: [],
    expects: request.expects ?? {},
    events: request.events,
  };
  refuseUnusableNames(request.events);
  const decoded = decodeIntent(encodeIntent(intent));
  if (decoded.kind === 'intent') return intent;
  const tooLong = textTooLong(request.events);
  if (tooLong) throw tooLong;
  const problem = decoded.kind === 'malformed' ? decoded.problem : decoded.needs.join(', ');
  const said = problem.startsWith('is ') ? `it ${problem}` : problem;
  throw new RegistryError('REQUEST_INVALID', `The request can't be recorded: ${said}. Nothing was changed.`);
}

/** Readers leave such names out, because no object of JavaScript can safely have them: what was asked for would be lost in silence. */
function refuseUnusableNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (RESERVED_KEYS.has(name)) {
      throw new RegistryError(
        'REQUEST_INVALID',
        `"${name}" can't be the name of a tag, metric or param. Use another. Nothing was changed.`,
      );
    }
    refuseUnusableNames(inner);
  }
}

/** Where a request stands. */
export interface Recorded {
  readonly seq: number;
  readonly at: string;
  /** Durable on this machine, and not shared yet. */
  readonly pending: boolean;
}

/**
 * Records a request. In a shared registry it is shared at once where that is possible. Throws what `refusal` makes of an outcome other than
 * applied. What is `following` waits to be shared after it.
 */
export async function record(
  session: Session,
  request: Request,
  refusal: (outcome: RefusedOutcome) => RegistryError = refusedBy,
  options: SyncOptions & {
    readonly following?: Request | undefined;
    readonly patienceMs?: number;
    /** Called on the state that the request would be applied to, until it is: what it throws ends that. */
    readonly check?: () => void;
  } = {},
): Promise<Recorded> {
  const intent = await intentToRecord(session, request);
  const { check, ...sharing } = options;
  // While files were stored, the folder may have gone, or an older one come: what is written now would be a log without a beginning, or with a gap.
  const gone = await placeProblem(session);
  if (gone) throw gone;
  const first = await session.authority.submit(intent, check);
  if (options.following && first.kind !== 'refused') await enqueue(session, options.following);
  const result = first.kind === 'pending' ? await session.shared?.share(intent.id, { bytesOf: [], ...sharing }) : first;
  if (result?.kind === 'refused') {
    const error = refusal(result.outcome);
    throw first.kind === 'pending' ? keptAsRefused(error) : error;
  }
  const isShared = result?.kind === 'applied';
  if (isShared) await session.seenHead.remember(session.catalog.position);
  const recorded = isShared
    ? { seq: result.seq, at: result.at, pending: false }
    : { seq: session.catalog.position.seq + 1, at: intent.askedAt, pending: true };
  const { id, events } = intent;
  const { at, pending } = recorded;
  for (const listener of session.recordListeners) listener({ id, at, events, pending });
  return recorded;
}

/** What waited for the shared log and was refused there is kept until a person decides about it. */
function keptAsRefused(error: RegistryError): RegistryError {
  const { code, message, details } = error;
  const what = 'What was asked is kept: `model-registry refused` shows it beside theirs, to be asked again or dropped.';
  return new RegistryError(code, `${message} ${what}`, { details, cause: error });
}

/** Without secrets, and signed where the policies know the author's key. Throws `SECRET_FOUND` and what `intentOf` throws. */
async function intentToRecord(session: Session, request: Request): Promise<Intent> {
  const intent = intentOf(session, { ...request, events: await withoutSecretsIn(request.events) });
  return signedWhereKnown(session.catalog, intent, session.ownKey);
}

/** Puts a request among those that wait to be shared, without trying to share it now. */
export async function enqueue(session: Session, request: Request): Promise<void> {
  const result = await session.authority.submit(await intentToRecord(session, request));
  if (result.kind === 'refused') throw refusedBy(result.outcome);
}

/** The error for an intent that the rules refuse. */
export function refusedBy(outcome: Exclude<IntentOutcome, { kind: 'applied' }>): RegistryError {
  if (outcome.kind === 'unknown') {
    return new RegistryError(
      'FORMAT_NEWER',
      `That needs ${outcome.needs.join(', ')}, which this version of Model Registry doesn't know. Update it.`,
    );
  }
  if (outcome.code === 'SIGNATURE_NEEDED') {
    return new RegistryError(
      outcome.code,
      `${outcome.message} Sign with a key of that list: git's user.signingkey with gpg.format ssh, or MODEL_REGISTRY_SIGNING_KEY. Nothing was changed.`,
    );
  }
  const code = outcome.code === 'EXPECTATION' ? 'CONFLICT' : outcome.code;
  return new RegistryError(code, `${outcome.message} Nothing was changed.`);
}
