import type { EventOf } from '../../log/events.ts';
import type { UnknownEvent } from '../../log/intent.ts';
import type { Policy } from '../../log/policy-schema.ts';
import { FIRST_STAGE } from '../../rules/policy.ts';
import type {
  CommentedVote,
  CommitRecord,
  FactSource,
  IntentOutcome,
  Lapse,
  Question,
  RegistryState,
  ReviewRequest,
  StageMove,
  VotesOf,
} from '../../rules/state.ts';
import { authorValues, evaluationDetails, intentValues, overriddenJson } from '../column-values.ts';
import { factsColumns } from '../facts-columns.ts';
import { inputsOf } from '../inputs.ts';
import type { SqlValue } from '../sqlite.ts';
import { BulkReader } from './bulk-reader.ts';
import type { BulkModel, BulkTenure, BulkVersion } from './bulk-records.ts';
import { HolderStack } from './holder-stack.ts';
import { listIn, placeIn } from './place-in.ts';

type Rows = (readonly SqlValue[])[];

/**
 * The rules' state in maps and arrays, for applying a whole log at once: what a commit reads and changes costs no statement, and each row is written
 * once, as it is in the end (`write-bulk.ts`). What the rules read comes from `BulkReader`, what they write is here.
 */
export class BulkState extends BulkReader implements RegistryState {
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
  readonly tenures: BulkTenure[] = [];
  readonly environments = new Map<string, EventOf<'environment.recorded'>>();
  readonly #texts = new Map<string, string>();
  readonly #openTenures = new Map<string, BulkTenure>();

  addCommit({ seq, hash, at, problem, needs }: CommitRecord): void {
    const { code = null, message = null } = problem ?? {};
    this.undo.push(this.facts.commits, [seq, hash, at, code, message, needs ?? null]);
  }

  addIntent(source: FactSource, models: readonly string[], outcome: IntentOutcome): void {
    const { seq, position, intentId: id, by } = source;
    this.undo.add(this.intents, id);
    this.undo.push(this.facts.intents, [...intentValues({ seq, position, id }, true, outcome), by.signer ?? null]);
    for (const model of models) this.undo.push(this.facts.intentSubjects, [model, seq, position]);
  }

  addVoidIntent(
    place: { readonly seq: number; readonly position: number; readonly id?: string },
    outcome: IntentOutcome,
  ): void {
    this.undo.push(this.facts.intents, [...intentValues(place, false, outcome), null]);
  }

  addModel(event: EventOf<'model.created'>, source: FactSource): void {
    const key = event.name.toLowerCase();
    this.undo.set(this.formerNames, key, undefined);
    this.undo.set(this.names, key, event.model);
    this.undo.set(this.models, event.model, {
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
    this.undo.set(this.modelIds, anyId, model);
  }

  updateModel(model: string, change: { readonly description?: string }): void {
    if (change.description !== undefined) this.#changeModel(model, { description: change.description });
  }

  renameModel(model: string, name: string): void {
    const record = this.models.get(model);
    if (!record) return;
    const [before, after] = [record.name.toLowerCase(), name.toLowerCase()];
    this.undo.set(this.formerNames, before, { name: record.name, model });
    this.undo.set(this.formerNames, after, undefined);
    this.undo.set(this.names, before, undefined);
    this.undo.set(this.names, after, model);
    this.undo.change(record, { name });
  }

  deleteModel(model: string, { seq }: FactSource): void {
    const record = this.models.get(model);
    if (!record) return;
    this.undo.change(record, { deletedSeq: seq });
    this.undo.set(this.names, record.name.toLowerCase(), undefined);
    for (const version of record.versions) {
      if (version.deletedSeq === undefined) this.#takeAway(version, seq);
      this.reviews.endRequests(version.event.version);
    }
    this.reviews.endRequests(model);
    for (const alias of [...record.aliases.keys()]) this.#point(record, alias, undefined);
    for (const [key, former] of [...this.formerNames]) {
      if (former.model === model) this.undo.set(this.formerNames, key, undefined);
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
    this.undo.set(this.versions, event.version, version);
    const record = this.models.get(model);
    if (record) {
      this.undo.push(record.versions, version);
      this.undo.change(record, { lastNumber: number, versionCount: record.versionCount + 1 });
    }
    this.undo.add(this.#inStage(model, FIRST_STAGE), version);
    this.undo.push(listIn(this.byArtifact, event.artifact.digest), version);
    if (event.run?.id !== undefined) this.undo.push(listIn(this.runs, event.run.id), version);
  }

  #interned(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }

  addVersionId(anyId: string, version: string): void {
    this.undo.set(this.versionIds, anyId, version);
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
    if (model) this.undo.change(model, { versionCount: model.versionCount - 1 });
    this.#takeAway(version, seq);
  }

  setTag(subject: string, key: string, value: string | undefined, { seq }: FactSource): void {
    this.#changeVersion(subject, { changedSeq: seq });
    let tags = this.tags.get(subject);
    if (!tags) {
      tags = new Map();
      this.tags.set(subject, tags);
    }
    this.undo.set(tags, key, value);
  }

  addMetrics(id: string, metrics: Readonly<Record<string, number | string>>, { seq }: FactSource): void {
    const version = this.versions.get(id);
    if (version) this.undo.change(version, { metrics: { ...version.metrics, ...metrics }, changedSeq: seq });
  }

  addEvaluation(version: string, event: EventOf<'version.evaluated'>, { at, by }: FactSource): void {
    const { dataset, slice, metrics } = event;
    const row = [version, dataset?.name ?? null, slice ?? null, JSON.stringify(metrics), at, ...authorValues(by)];
    this.undo.push(this.facts.evaluations, row);
    this.undo.push(this.facts.evaluationDetails, evaluationDetails(event));
  }

  setArtifactStatus(digest: string, status: 'published' | 'withdrawn', { at }: FactSource): void {
    this.undo.set(this.artifacts, digest, { status, since: at });
  }

  addEnvironment(event: EventOf<'environment.recorded'>): void {
    if (!this.environments.has(event.digest)) this.undo.set(this.environments, event.digest, event);
  }

  setStage(id: string, move: StageMove, source: FactSource): void {
    const version = this.versions.get(id);
    if (!version) return;
    const { seq, at, askedAt, by } = source;
    const { to, reason } = move;
    this.undo.remove(this.#inStage(version.model, version.stage), version);
    this.undo.add(this.#inStage(version.model, to), version);
    this.undo.change(version, { stage: to, stageSince: at, stageBy: by });
    this.undo.push(this.facts.transitions, [
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
    this.undo.push(this.tenures, tenure);
    this.undo.push(listIn(this.arrivals, `${version.model}/${to}`), version);
    this.undo.set(this.#openTenures, id, tenure);
    this.undo.add(version.held, to);
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
    this.undo.push(this.facts.gateResults, [version, stage, gate, outcome, evidence, at, ...authorValues(by)]);
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
    this.undo.push(this.facts.unknownEvents, [seq, position, event.type]);
  }

  seal(reason: string): void {
    const before = this.sealed;
    this.sealed = reason;
    this.undo.note(() => {
      this.sealed = before;
    });
  }

  #changeModel(id: string, change: Partial<BulkModel>): void {
    const model = this.models.get(id);
    if (model) this.undo.change(model, change);
  }

  #changeVersion(id: string, change: Partial<BulkVersion>): void {
    const version = this.versions.get(id);
    if (version) this.undo.change(version, change);
  }

  #addRemark(subject: string, kind: string, text: string, { seq, at, by, intentId }: FactSource): void {
    this.undo.push(this.facts.remarks, [subject, kind, text, at, ...authorValues(by), intentId]);
    const version = this.versions.get(subject);
    if (!version) return;
    this.undo.push(version.remarks, text);
    this.undo.change(version, { changedSeq: seq });
  }

  #takeAway(version: BulkVersion, seq: number): void {
    this.undo.change(version, { deletedSeq: seq });
    this.undo.remove(this.#inStage(version.model, version.stage), version);
    this.#endTenure(version.event.version, seq);
  }

  #endTenure(version: string, seq: number): void {
    const open = this.#openTenures.get(version);
    if (!open) return;
    this.undo.change(open, { toSeq: seq });
    this.undo.set(this.#openTenures, version, undefined);
  }

  #point(model: BulkModel, alias: string, version: string | undefined): void {
    const before = this.versions.get(model.aliases.get(alias) ?? '');
    if (before) this.undo.remove(before.aliases, alias);
    this.undo.set(model.aliases, alias, version);
    const target = version === undefined ? undefined : this.versions.get(version);
    if (target) this.undo.add(target.aliases, alias);
  }

  #inStage(model: string, stage: string): Set<BulkVersion> {
    return placeIn(
      placeIn(this.stages, model, () => new Map<string, Set<BulkVersion>>()),
      stage,
      () => new Set(),
    );
  }

  #stack(model: string, stage: string): HolderStack {
    const stacks = placeIn(this.stacks, model, () => new Map<string, HolderStack>());
    return placeIn(stacks, stage, () => new HolderStack(this.undo));
  }
}
