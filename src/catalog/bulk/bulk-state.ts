import type { EventOf } from '../../log/events.ts';
import type { UnknownEvent } from '../../log/intent.ts';
import type { Policy } from '../../log/policy-schema.ts';
import { FIRST_STAGE } from '../../rules/policy.ts';
import type {
  CommentedVote,
  CommitRecord,
  FactAuthor,
  FactSource,
  GateRecord,
  IntentOutcome,
  Lapse,
  ModelRecord,
  Question,
  RegistryState,
  ReviewRequest,
  StageMove,
  VersionRecord,
  Vote,
  VotesOf,
} from '../../rules/state.ts';
import { authorValues, evaluationDetails, overriddenJson } from '../catalog-state.ts';
import { factsColumns } from '../facts-columns.ts';
import { inputsOf } from '../inputs.ts';
import type { SqlValue } from '../sqlite.ts';
import { BulkReviews } from './bulk-reviews.ts';
import { HolderStack } from './holder-stack.ts';
import { Undo } from './undo.ts';

export interface BulkModel {
  readonly event: EventOf<'model.created'>;
  readonly source: FactSource;
  name: string;
  description: string;
  lastNumber: number;
  versionCount: number;
  policy: Policy | undefined;
  deletedSeq: number | undefined;
  readonly versions: BulkVersion[];
  readonly aliases: Map<string, string>;
}

export interface BulkVersion {
  /** Of its event, what is needed until the end: there can be very many. */
  readonly event: {
    readonly version: string;
    readonly artifact: EventOf<'version.registered'>['artifact'];
    readonly params: Readonly<Record<string, string>>;
    readonly runId: string | undefined;
    readonly commit: string | undefined;
    readonly environment: string | undefined;
    readonly base: string | undefined;
  };
  /** What it was made from, each as JSON: the same texts for many versions. */
  readonly inputs: readonly string[];
  /** What the catalog has of its facts. */
  readonly facts: readonly SqlValue[];
  readonly source: FactSource;
  readonly model: string;
  readonly number: number;
  readonly fingerprint: string;
  stage: string;
  stageSince: string;
  stageBy: FactSource['by'];
  description: string;
  metrics: Readonly<Record<string, number | string>>;
  changedSeq: number;
  deletedSeq: number | undefined;
  readonly held: Set<string>;
  readonly aliases: Set<string>;
  /** What searching finds it by, beside what it was registered with. */
  readonly remarks: string[];
}

export interface BulkTenure {
  readonly row: readonly SqlValue[];
  toSeq: number | null;
}

type Rows = (readonly SqlValue[])[];

/**
 * The rules' state in maps and arrays, for applying a whole log at once: what a commit reads and changes costs no statement, and
 * `writeBulk` writes each row once, as it is in the end.
 */
export class BulkState implements RegistryState {
  /** Rows that never change again, by table; they may be taken out and written at any time. */
  readonly facts = {
    commits: [] as Rows,
    intents: [] as Rows,
    intentSubjects: [] as Rows,
    remarks: [] as Rows,
    transitions: [] as Rows,
    evaluations: [] as Rows,
    /** In the order of `evaluations`, so that both get the same ids. */
    evaluationDetails: [] as Rows,
    gateResults: [] as Rows,
    unknownEvents: [] as Rows,
  };
  readonly models = new Map<string, BulkModel>();
  readonly modelIds = new Map<string, string>();
  readonly formerNames = new Map<string, { readonly name: string; readonly model: string }>();
  readonly versions = new Map<string, BulkVersion>();
  readonly versionIds = new Map<string, string>();
  readonly tags = new Map<string, Map<string, string>>();
  readonly tenures: BulkTenure[] = [];
  readonly stacks = new Map<string, Map<string, HolderStack>>();
  readonly artifacts = new Map<string, { readonly status: 'published' | 'withdrawn'; readonly since: string }>();
  readonly environments = new Map<string, EventOf<'environment.recorded'>>();
  sealed: string | undefined;

  readonly #undo = new Undo();
  readonly reviews = new BulkReviews(this.#undo);
  readonly #texts = new Map<string, string>();
  readonly #intents = new Set<string>();
  readonly #names = new Map<string, string>();
  readonly #stages = new Map<string, Map<string, Set<BulkVersion>>>();
  readonly #runs = new Map<string, BulkVersion[]>();
  readonly #byArtifact = new Map<string, BulkVersion[]>();
  /** By model and stage, the versions that came there, in order. */
  readonly #arrivals = new Map<string, BulkVersion[]>();
  readonly #openTenures = new Map<string, BulkTenure>();

  atomically(change: () => boolean): void {
    this.#undo.atomically(change);
  }

  hasIntent(id: string): boolean {
    return this.#intents.has(id);
  }

  isSealed(): boolean {
    return this.sealed !== undefined;
  }

  model(anyId: string): ModelRecord | undefined {
    const model = this.models.get(this.modelIds.get(anyId) ?? anyId);
    return model && modelRecord(model);
  }

  modelByName(name: string): ModelRecord | undefined {
    const key = name.toLowerCase();
    const id = this.#names.get(key) ?? this.formerNames.get(key)?.model;
    const model = id === undefined ? undefined : this.models.get(id);
    return model && model.deletedSeq === undefined ? modelRecord(model) : undefined;
  }

  version(anyId: string): VersionRecord | undefined {
    const version = this.#version(anyId);
    return version && versionRecord(version);
  }

  latestVersion(model: string): VersionRecord | undefined {
    const latest = this.models.get(model)?.versions.findLast(({ deletedSeq }) => deletedSeq === undefined);
    return latest && versionRecord(latest);
  }

  versionOfRun(model: string, artifact: string, runId: string): VersionRecord | undefined {
    const found = this.#runs
      .get(runId)
      ?.findLast(
        (version) =>
          version.model === model && version.event.artifact.digest === artifact && version.deletedSeq === undefined,
      );
    return found && versionRecord(found);
  }

  stagesInUse(model: string): readonly string[] {
    return [...(this.#stages.get(model) ?? [])]
      .flatMap(([stage, versions]) => (versions.size > 0 ? [stage] : []))
      .sort();
  }

  versionsInStage(model: string, stage: string, limit: number): readonly VersionRecord[] {
    const versions = [...(this.#stages.get(model)?.get(stage) ?? [])];
    return versions
      .sort((a, b) => a.number - b.number)
      .slice(0, limit)
      .map(versionRecord);
  }

  holderStack(model: string, stage: string, limit: number): readonly string[] {
    return this.stacks.get(model)?.get(stage)?.top(limit) ?? [];
  }

  isOnHolderStack(model: string, stage: string, version: string): boolean {
    return this.stacks.get(model)?.get(stage)?.has(version) ?? false;
  }

  hasHeld(version: string, stage: string): boolean {
    return this.versions.get(version)?.held.has(stage) ?? false;
  }

  lastHolder(model: string, stage: string, except: string): VersionRecord | undefined {
    const arrivals = this.#arrivals.get(`${model}/${stage}`) ?? [];
    const last = arrivals.findLast(({ event, deletedSeq }) => event.version !== except && deletedSeq === undefined);
    return last && versionRecord(last);
  }

  alias(model: string, alias: string): string | undefined {
    return this.models.get(model)?.aliases.get(alias);
  }

  aliasesOfModel(model: string): readonly string[] {
    return [...(this.models.get(model)?.aliases.keys() ?? [])].sort();
  }

  aliasesOfVersion(version: string): readonly string[] {
    return [...(this.versions.get(version)?.aliases ?? [])].sort();
  }

  tag(subject: string, key: string): string | undefined {
    return this.tags.get(subject)?.get(key);
  }

  metric(version: string, name: string): number | string | undefined {
    const metrics = this.versions.get(version)?.metrics ?? {};
    return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  }

  artifactStatus(digest: string): 'published' | 'withdrawn' | undefined {
    return this.artifacts.get(digest)?.status;
  }

  versionsOfArtifact(digest: string, limit: number): readonly VersionRecord[] {
    const versions = this.#byArtifact.get(digest) ?? [];
    return versions
      .filter(({ deletedSeq }) => deletedSeq === undefined)
      .slice(0, limit)
      .map(versionRecord);
  }

  policy(model: string): Policy | undefined {
    return this.models.get(model)?.policy;
  }

  policies(): readonly Policy[] {
    return [...this.models.values()].flatMap(({ policy, deletedSeq }) =>
      policy === undefined || deletedSeq !== undefined ? [] : [policy],
    );
  }

  votes(subject: string, target: string): readonly Vote[] {
    return this.reviews.votes(subject, target);
  }

  authorOf(version: string): FactAuthor {
    return this.versions.get(version)?.source.by ?? { name: '', email: '' };
  }

  gateRecord(version: string, stage: string, gate: string): GateRecord | undefined {
    return this.reviews.gateRecord(version, stage, gate);
  }

  gateRecords(version: string, stage: string): readonly GateRecord[] {
    return this.reviews.gateRecords(version, stage);
  }

  hasRequest(subject: string, target: string): boolean {
    return this.reviews.hasRequest(subject, target);
  }

  requestCount(subject: string): number {
    return this.reviews.requestCount(subject);
  }

  addCommit({ seq, hash, at, problem, needs }: CommitRecord): void {
    const { code = null, message = null } = problem ?? {};
    this.#undo.push(this.facts.commits, [seq, hash, at, code, message, needs ?? null]);
  }

  addIntent(source: FactSource, models: readonly string[], outcome: IntentOutcome): void {
    const { seq, position, intentId, by } = source;
    this.#undo.add(this.#intents, intentId);
    this.#undo.push(this.facts.intents, [...intentRow(seq, position, intentId, true, outcome), by.signer ?? null]);
    for (const model of models) this.#undo.push(this.facts.intentSubjects, [model, seq, position]);
  }

  addVoidIntent(
    { seq, position, id }: { readonly seq: number; readonly position: number; readonly id?: string },
    outcome: IntentOutcome,
  ): void {
    this.#undo.push(this.facts.intents, [...intentRow(seq, position, id ?? null, false, outcome), null]);
  }

  addModel(event: EventOf<'model.created'>, source: FactSource): void {
    const key = event.name.toLowerCase();
    this.#undo.set(this.formerNames, key, undefined);
    this.#undo.set(this.#names, key, event.model);
    this.#undo.set(this.models, event.model, {
      event,
      source,
      name: event.name,
      description: event.description ?? '',
      lastNumber: 0,
      versionCount: 0,
      policy: undefined,
      deletedSeq: undefined,
      versions: [],
      aliases: new Map(),
    });
  }

  addModelId(anyId: string, model: string): void {
    this.#undo.set(this.modelIds, anyId, model);
  }

  updateModel(model: string, change: { readonly description?: string }): void {
    if (change.description !== undefined) this.#changeModel(model, { description: change.description });
  }

  renameModel(model: string, name: string): void {
    const record = this.models.get(model);
    if (!record) return;
    const [before, after] = [record.name.toLowerCase(), name.toLowerCase()];
    this.#undo.set(this.formerNames, before, { name: record.name, model });
    this.#undo.set(this.formerNames, after, undefined);
    this.#undo.set(this.#names, before, undefined);
    this.#undo.set(this.#names, after, model);
    this.#undo.change(record, { name });
  }

  deleteModel(model: string, { seq }: FactSource): void {
    const record = this.models.get(model);
    if (!record) return;
    this.#undo.change(record, { deletedSeq: seq });
    this.#undo.set(this.#names, record.name.toLowerCase(), undefined);
    for (const version of record.versions) {
      if (version.deletedSeq === undefined) this.#takeAway(version, seq);
      this.reviews.endRequests(version.event.version);
    }
    this.reviews.endRequests(model);
    for (const alias of [...record.aliases.keys()]) this.#point(record, alias, undefined);
    for (const [key, former] of [...this.formerNames]) {
      if (former.model === model) this.#undo.set(this.formerNames, key, undefined);
    }
  }

  addVersion(
    event: EventOf<'version.registered'>,
    model: string,
    number: number,
    fingerprint: string,
    source: FactSource,
  ): void {
    const { artifact, params, run, code, environment, base } = event;
    const version: BulkVersion = {
      event: {
        version: event.version,
        artifact,
        params,
        runId: run?.id,
        commit: code?.commit,
        environment,
        base: base?.version,
      },
      inputs: inputsOf(event).map((input) => this.#interned(JSON.stringify(input))),
      facts: factsColumns(event),
      source,
      model,
      number,
      fingerprint,
      stage: FIRST_STAGE,
      stageSince: source.at,
      stageBy: source.by,
      description: event.description,
      metrics: event.metrics,
      changedSeq: source.seq,
      deletedSeq: undefined,
      held: new Set(),
      aliases: new Set(),
      remarks: [],
    };
    this.#undo.set(this.versions, event.version, version);
    const record = this.models.get(model);
    if (record) {
      this.#undo.push(record.versions, version);
      this.#undo.change(record, { lastNumber: number, versionCount: record.versionCount + 1 });
    }
    this.#undo.add(this.#inStage(model, FIRST_STAGE), version);
    this.#undo.push(listIn(this.#byArtifact, event.artifact.digest), version);
    if (event.run?.id !== undefined) this.#undo.push(listIn(this.#runs, event.run.id), version);
  }

  #interned(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }

  addVersionId(anyId: string, version: string): void {
    this.#undo.set(this.versionIds, anyId, version);
  }

  describeVersion(version: string, description: string, { seq }: FactSource): void {
    this.#changeVersion(version, { description, changedSeq: seq });
  }

  addNote(version: string, text: string, source: FactSource): void {
    this.#addRemark(version, 'note', text, source);
  }

  addComment(subject: string, text: string, source: FactSource): void {
    this.#addRemark(subject, 'comment', text, source);
  }

  deleteVersion(id: string, { seq }: FactSource): void {
    const version = this.versions.get(id);
    if (!version) return;
    const model = this.models.get(version.model);
    if (model) this.#undo.change(model, { versionCount: model.versionCount - 1 });
    this.#takeAway(version, seq);
  }

  setTag(subject: string, key: string, value: string | undefined, { seq }: FactSource): void {
    this.#changeVersion(subject, { changedSeq: seq });
    let tags = this.tags.get(subject);
    if (!tags) {
      tags = new Map();
      this.tags.set(subject, tags);
    }
    this.#undo.set(tags, key, value);
  }

  addMetrics(id: string, metrics: Readonly<Record<string, number | string>>, { seq }: FactSource): void {
    const version = this.versions.get(id);
    if (version) this.#undo.change(version, { metrics: { ...version.metrics, ...metrics }, changedSeq: seq });
  }

  addEvaluation(version: string, event: EventOf<'version.evaluated'>, { at, by }: FactSource): void {
    const { dataset, slice, metrics } = event;
    const row = [version, dataset?.name ?? null, slice ?? null, JSON.stringify(metrics), at, ...authorValues(by)];
    this.#undo.push(this.facts.evaluations, row);
    this.#undo.push(this.facts.evaluationDetails, evaluationDetails(event));
  }

  setArtifactStatus(digest: string, status: 'published' | 'withdrawn', { at }: FactSource): void {
    this.#undo.set(this.artifacts, digest, { status, since: at });
  }

  addEnvironment(event: EventOf<'environment.recorded'>): void {
    if (!this.environments.has(event.digest)) this.#undo.set(this.environments, event.digest, event);
  }

  setStage(id: string, move: StageMove, source: FactSource): void {
    const version = this.versions.get(id);
    if (!version) return;
    const { seq, at, askedAt, by } = source;
    const { to, reason } = move;
    this.#undo.remove(this.#inStage(version.model, version.stage), version);
    this.#undo.add(this.#inStage(version.model, to), version);
    this.#undo.change(version, { stage: to, stageSince: at, stageBy: by });
    this.#undo.push(this.facts.transitions, [
      id,
      version.model,
      seq,
      move.from,
      to,
      move.kind,
      reason,
      move.isOverride ? 1 : 0,
      overriddenJson(move),
      JSON.stringify(move.related),
      at,
      askedAt,
      ...authorValues(by),
    ]);
    this.#endTenure(id, seq);
    const tenure = { row: [version.model, to, id, seq, at, ...authorValues(by), reason], toSeq: null };
    this.#undo.push(this.tenures, tenure);
    this.#undo.push(listIn(this.#arrivals, `${version.model}/${to}`), version);
    this.#undo.set(this.#openTenures, id, tenure);
    this.#undo.add(version.held, to);
  }

  pushHolder(model: string, stage: string, version: string): void {
    this.#stack(model, stage).push(version);
  }

  dropHolder(model: string, stage: string, version: string): void {
    this.stacks.get(model)?.get(stage)?.drop(version);
  }

  dropHoldersAbove(model: string, stage: string, version: string): void {
    this.stacks.get(model)?.get(stage)?.dropAbove(version);
  }

  setAlias(model: string, alias: string, version: string | undefined, { seq }: FactSource): void {
    const record = this.models.get(model);
    if (version !== undefined) this.#changeVersion(version, { changedSeq: seq });
    if (record) this.#point(record, alias, version);
  }

  dropGateRecords(version: string, isMeant: (gate: string) => boolean): void {
    this.reviews.dropGates(version, isMeant);
  }

  addGateResult(version: string, event: EventOf<'gate.recorded'>, source: FactSource): void {
    const { stage, gate, outcome, evidence = null } = event;
    const { at, by } = source;
    this.reviews.setGate(version, event, source);
    this.#undo.push(this.facts.gateResults, [version, stage, gate, outcome, evidence, at, ...authorValues(by)]);
  }

  setVote(question: Question, vote: CommentedVote, source: FactSource): void {
    this.reviews.setVote(question, vote, source);
  }

  lapseVotes(of: VotesOf, lapse: Lapse, source: FactSource): void {
    this.reviews.lapseVotes(of, lapse, source);
  }

  dropVotes(subject: string): void {
    this.reviews.dropVotes(subject);
  }

  setRequest(question: Question, request: ReviewRequest, source: FactSource): void {
    this.reviews.setRequest(question, request, source);
  }

  endRequests(subject: string, target?: string): void {
    this.reviews.endRequests(subject, target);
  }

  setPolicy(model: string, policy: Policy): void {
    this.#changeModel(model, { policy });
  }

  addUnknownEvent(event: UnknownEvent, { seq, position }: FactSource): void {
    this.#undo.push(this.facts.unknownEvents, [seq, position, event.type]);
  }

  seal(reason: string): void {
    const before = this.sealed;
    this.sealed = reason;
    this.#undo.note(() => {
      this.sealed = before;
    });
  }

  #version(anyId: string): BulkVersion | undefined {
    return this.versions.get(this.versionIds.get(anyId) ?? anyId);
  }

  #changeModel(id: string, change: Partial<BulkModel>): void {
    const model = this.models.get(id);
    if (model) this.#undo.change(model, change);
  }

  #changeVersion(id: string, change: Partial<BulkVersion>): void {
    const version = this.versions.get(id);
    if (version) this.#undo.change(version, change);
  }

  #addRemark(subject: string, kind: string, text: string, { seq, at, by, intentId }: FactSource): void {
    this.#undo.push(this.facts.remarks, [subject, kind, text, at, ...authorValues(by), intentId]);
    const version = this.versions.get(subject);
    if (!version) return;
    this.#undo.push(version.remarks, text);
    this.#undo.change(version, { changedSeq: seq });
  }

  #takeAway(version: BulkVersion, seq: number): void {
    this.#undo.change(version, { deletedSeq: seq });
    this.#undo.remove(this.#inStage(version.model, version.stage), version);
    this.#endTenure(version.event.version, seq);
  }

  #endTenure(version: string, seq: number): void {
    const open = this.#openTenures.get(version);
    if (!open) return;
    this.#undo.change(open, { toSeq: seq });
    this.#undo.set(this.#openTenures, version, undefined);
  }

  #point(model: BulkModel, alias: string, version: string | undefined): void {
    const before = this.versions.get(model.aliases.get(alias) ?? '');
    if (before) this.#undo.remove(before.aliases, alias);
    this.#undo.set(model.aliases, alias, version);
    const target = version === undefined ? undefined : this.versions.get(version);
    if (target) this.#undo.add(target.aliases, alias);
  }

  #inStage(model: string, stage: string): Set<BulkVersion> {
    return placeIn(
      placeIn(this.#stages, model, () => new Map<string, Set<BulkVersion>>()),
      stage,
      () => new Set(),
    );
  }

  #stack(model: string, stage: string): HolderStack {
    const stacks = placeIn(this.stacks, model, () => new Map<string, HolderStack>());
    return placeIn(stacks, stage, () => new HolderStack(this.#undo));
  }
}

function placeIn<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function listIn<T>(map: Map<string, T[]>, key: string): T[] {
  return placeIn(map, key, () => []);
}

function intentRow(seq: number, position: number, id: string | null, ownsId: boolean, outcome: IntentOutcome) {
  const code = outcome.kind === 'void' ? outcome.code : null;
  const message =
    outcome.kind === 'void' ? outcome.message : outcome.kind === 'unknown' ? outcome.needs.join(', ') : null;
  return [seq, position, id, ownsId ? 1 : 0, outcome.kind, code, message];
}

function modelRecord({ event, name, description, lastNumber, deletedSeq }: BulkModel): ModelRecord {
  return { id: event.model, name, description, lastNumber, isDeleted: deletedSeq !== undefined };
}

function versionRecord(version: BulkVersion): VersionRecord {
  const { event, model, number, stage, description, deletedSeq, fingerprint } = version;
  const isDeleted = deletedSeq !== undefined;
  return {
    id: event.version,
    model,
    number,
    stage,
    artifact: event.artifact.digest,
    description,
    isDeleted,
    fingerprint,
  };
}
