import type { CommitProblem } from '../log/commit.ts';
import type { EventOf } from '../log/events.ts';
import type { UnknownEvent } from '../log/intent.ts';
import type { Policy } from '../log/policy-schema.ts';

/** Where and by whom a fact was stated. `position` counts an intent's place in its commit from 0. */
export interface FactSource {
  readonly seq: number;
  readonly position: number;
  readonly intentId: string;
  /** The log's clock, never before its predecessor's. */
  readonly at: string;
  readonly askedAt: string;
  readonly by: FactAuthor;
  readonly via: string;
}

export interface FactAuthor {
  /** A claim, as the address is. */
  readonly name: string;
  readonly email: string;
  /** Who signed it, by the policy that was in force: proven. */
  readonly signer?: string;
}

/** What a person last said of a version on its way to a stage, or of a policy that is proposed. */
export interface Vote {
  readonly person: string;
  readonly by: FactAuthor;
  readonly isGiven: boolean;
  readonly lapsed?: Lapse;
}

/** Why an approval doesn't count any more. */
export interface Lapse {
  /** `used`: the version got there by it. `holder`: another version is in the stage. `gate`: a gate has another result. `withdrawn`: its files are gone. */
  readonly code: 'used' | 'holder' | 'gate' | 'withdrawn';
  /** For people. */
  readonly why: string;
}

export interface CommentedVote extends Omit<Vote, 'by'> {
  readonly comment: string;
}

/** The newest result of a gate. */
export interface GateRecord {
  readonly gate: string;
  readonly outcome: 'passed' | 'failed';
  readonly by: FactAuthor;
  readonly against?: { readonly stage: string; readonly version: string | null };
}

/** What people are asked about: a version and the stage that it is to get to, or a model and the digest of its proposed policy. */
export interface Question {
  readonly model: string;
  /** Id of the version, or of the model. */
  readonly subject: string;
  readonly target: string;
}

export interface ReviewRequest {
  readonly comment: string;
  readonly reviewers: readonly string[];
  /** Of a question about a policy. */
  readonly policy?: Policy;
}

export interface ModelRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The highest number given so far, deleted versions included. */
  readonly lastNumber: number;
  readonly isDeleted: boolean;
}

export interface VersionRecord {
  readonly id: string;
  readonly model: string;
  readonly number: number;
  readonly stage: string;
  readonly artifact: string;
  readonly description: string;
  readonly isDeleted: boolean;
  /** Digest of the params, and of the code's commit and state: what tells two runs without an id apart. */
  readonly fingerprint: string;
}

/**
 * What the rules read and write. They run on this port so that a simulation needs no SQLite; the catalog is its other
 * implementation. All methods are synchronous, ids are canonical unless a method says otherwise.
 */
export interface RegistryState {
  /** Runs `change`; when it returns false, or throws, nothing of it remains. */
  atomically(change: () => boolean): void;

  hasIntent(id: string): boolean;
  isSealed(): boolean;
  /** By any of its ids. Deleted ones too. */
  model(anyId: string): ModelRecord | undefined;
  /** By its present name, or a former one that nobody has taken since; in any letter case. No deleted ones. */
  modelByName(name: string): ModelRecord | undefined;
  /** By any of its ids. Deleted ones too. */
  version(anyId: string): VersionRecord | undefined;
  /** The model's version with the highest number that isn't deleted. */
  latestVersion(model: string): VersionRecord | undefined;
  versionOfRun(model: string, artifact: string, runId: string): VersionRecord | undefined;
  /** The stages that the model's versions are in. Of versions that aren't deleted, as in the next. */
  stagesInUse(model: string): readonly string[];
  versionsInStage(model: string, stage: string, limit: number): readonly VersionRecord[];
  /** Versions that held an exclusive stage and can come back, the last one first, up to `limit`. */
  holderStack(model: string, stage: string, limit: number): readonly string[];
  isOnHolderStack(model: string, stage: string, version: string): boolean;
  hasHeld(version: string, stage: string): boolean;
  /** The version, but for `except`, that came to the stage last, whether or not it is there now. No deleted ones. */
  lastHolder(model: string, stage: string, except: string): VersionRecord | undefined;
  alias(model: string, alias: string): string | undefined;
  aliasesOfModel(model: string): readonly string[];
  aliasesOfVersion(version: string): readonly string[];
  tag(subject: string, key: string): string | undefined;
  metric(version: string, name: string): number | string | undefined;
  artifactStatus(digest: string): 'published' | 'withdrawn' | undefined;
  /** Versions with this artifact that aren't deleted. */
  versionsOfArtifact(digest: string, limit: number): readonly VersionRecord[];
  policy(model: string): Policy | undefined;
  /** Of all models that aren't deleted. */
  policies(): readonly Policy[];
  /** What each person last said, at most `MAX_VOTES`. */
  votes(subject: string, target: string): readonly Vote[];
  /** Who registered the version. */
  authorOf(version: string): FactAuthor;
  gateRecord(version: string, stage: string, gate: string): GateRecord | undefined;
  /** The newest of each gate, at most `MAX_GATES_OF_STAGE`. */
  gateRecords(version: string, stage: string): readonly GateRecord[];
  hasRequest(subject: string, target: string): boolean;
  /** How many there are about the subject. */
  requestCount(subject: string): number;

  /** Every commit, void ones too. `needs` where only a newer program understands it. */
  addCommit(commit: CommitRecord): void;
  /**
   * A well-formed intent whose id is new, after its events were applied. Its id counts as used from then on. `models` are those that
   * it is about.
   */
  addIntent(source: FactSource, models: readonly string[], outcome: IntentOutcome): void;
  /** An intent that is void for its form: malformed, unknown, or repeating an id. */
  addVoidIntent(
    place: { readonly seq: number; readonly position: number; readonly at: string; readonly id?: string },
    outcome: IntentOutcome,
  ): void;
  addModel(event: EventOf<'model.created'>, source: FactSource): void;
  addModelId(anyId: string, model: string): void;
  updateModel(model: string, change: { readonly description?: string }, source: FactSource): void;
  renameModel(model: string, name: string, source: FactSource): void;
  deleteModel(model: string, source: FactSource): void;
  /** With the metrics and params of the event. */
  addVersion(
    event: EventOf<'version.registered'>,
    model: string,
    number: number,
    fingerprint: string,
    source: FactSource,
  ): void;
  addVersionId(anyId: string, version: string): void;
  describeVersion(version: string, description: string, source: FactSource): void;
  addNote(version: string, text: string, source: FactSource): void;
  deleteVersion(version: string, source: FactSource): void;
  setTag(subject: string, key: string, value: string | undefined, source: FactSource): void;
  addMetrics(version: string, metrics: Readonly<Record<string, number | string>>, source: FactSource): void;
  addEvaluation(version: string, event: EventOf<'version.evaluated'>, source: FactSource): void;
  setArtifactStatus(digest: string, status: 'published' | 'withdrawn', source: FactSource): void;
  addEnvironment(event: EventOf<'environment.recorded'>): void;
  setStage(version: string, move: StageMove, source: FactSource): void;
  /** Puts a version on top of the stack, from wherever in it it is. */
  pushHolder(model: string, stage: string, version: string): void;
  dropHolder(model: string, stage: string, version: string): void;
  /** Takes out what is above a version of the stack. */
  dropHoldersAbove(model: string, stage: string, version: string): void;
  setAlias(model: string, alias: string, version: string | undefined, source: FactSource): void;
  /** Forgets the newest results of the gates of a version that are meant, for all stages. */
  dropGateRecords(version: string, isMeant: (gate: string) => boolean): void;
  addGateResult(version: string, event: EventOf<'gate.recorded'>, source: FactSource): void;
  /** Replaces what the person said before. */
  setVote(question: Question, vote: CommentedVote, source: FactSource): void;
  /** Lets approvals lapse that stand. Of all the model's versions, or of all targets, where one isn't named. */
  lapseVotes(of: VotesOf, lapse: Lapse, source: FactSource): void;
  /** Forgets what was said, of approvals and refusals alike. */
  dropVotes(subject: string): void;
  setRequest(question: Question, request: ReviewRequest, source: FactSource): void;
  /** Of all targets, where none is named. */
  endRequests(subject: string, target?: string): void;
  addComment(subject: string, text: string, source: FactSource): void;
  setPolicy(model: string, policy: Policy, source: FactSource): void;
  addUnknownEvent(event: UnknownEvent, source: FactSource): void;
  seal(reason: string, source: FactSource): void;
}

export type VotesOf =
  | { readonly model: string; readonly target: string }
  | { readonly subject: string; readonly target?: string };

export interface CommitRecord {
  readonly seq: number;
  readonly hash: string;
  /** The log's clock, never before its predecessor's. */
  readonly at: string;
  /** Why it is void as a whole, where it is. */
  readonly problem?: CommitProblem;
  /** What a program must know to understand it, where this one doesn't. */
  readonly needs?: string;
}

export interface StageMove {
  readonly from: string;
  readonly to: string;
  readonly kind: 'promote' | 'rollback' | 'demote' | 'archive' | 'displaced';
  readonly reason: string;
  readonly isOverride: boolean;
  /** What the gates of the policy said against it, where it was made in spite of them. */
  readonly overridden?: readonly string[];
  /** Versions that it displaced; for `displaced`, the version that it made way for. */
  readonly related: readonly string[];
}

export type IntentOutcome =
  | { readonly kind: 'applied' }
  /** Changed nothing. `code` is stable, `message` for people. */
  | { readonly kind: 'void'; readonly code: string; readonly message: string }
  /** Changed nothing here, but may for a newer program: until then the registry is read-only. */
  | { readonly kind: 'unknown'; readonly needs: readonly string[] };

/** What became of an intent in the log; `code` where it is void. */
export interface IntentVerdict {
  readonly seq: number;
  readonly at: string;
  readonly code?: string;
  readonly message: string;
}
