import type { EventOf } from '../../src/log/events.ts';
import type { Policy } from '../../src/log/policy-schema.ts';
import type {
  CommentedVote,
  FactAuthor,
  FactSource,
  GateRecord,
  IntentOutcome,
  IntentVerdict,
  Lapse,
  ModelRecord,
  Question,
  RegistryState,
  StageMove,
  VersionRecord,
  Vote,
  VotesOf,
} from '../../src/rules/state.ts';

type Place = { readonly seq: number; readonly at: string };

/** The rules' state in maps, for simulations. Every change leaves behind how to undo it. */
export class MemoryState implements RegistryState {
  readonly #undo: (() => void)[] = [];
  readonly #trials: number[] = [];
  #depth = 0;
  readonly #verdicts = new Map<string, IntentVerdict>();
  readonly #models = new Map<string, ModelRecord>();
  readonly #modelIds = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #versions = new Map<string, VersionRecord>();
  readonly #versionIds = new Map<string, string>();
  readonly #runs = new Map<string, string>();
  readonly #stacks = new Map<string, readonly string[]>();
  readonly #held = new Map<string, true>();
  readonly #arrivals = new Map<string, readonly string[]>();
  readonly #aliases = new Map<string, string>();
  readonly #tags = new Map<string, string>();
  readonly #metrics = new Map<string, number | string>();
  readonly #artifacts = new Map<string, 'published' | 'withdrawn'>();
  readonly #policies = new Map<string, Policy>();
  readonly #authors = new Map<string, FactAuthor>();
  readonly #gates = new Map<string, GateRecord>();
  readonly #votes = new Map<string, Vote & { readonly model: string }>();
  readonly #requests = new Map<string, true>();
  readonly #remarks = new Map<string, string>();
  readonly #sealed = new Map<'reason', string>();

  atomically(change: () => boolean): void {
    const start = this.#undo.length;
    let isKept = false;
    this.#depth += 1;
    try {
      isKept = change();
    } finally {
      this.#depth -= 1;
      if (!isKept) while (this.#undo.length > start) this.#undo.pop()?.();
      if (this.#depth === 0) this.#undo.length = 0;
    }
  }

  /** What changes from now on is undone by `endTrial`. */
  beginTrial(): void {
    this.#trials.push(this.#undo.length);
    this.#depth += 1;
  }

  endTrial(): void {
    const start = this.#trials.pop() ?? 0;
    while (this.#undo.length > start) this.#undo.pop()?.();
    this.#depth -= 1;
    if (this.#depth === 0) this.#undo.length = 0;
  }

  #set<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
    if (this.#depth > 0) {
      const before = map.get(key);
      this.#undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    }
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }

  hasIntent(id: string): boolean {
    return this.#verdicts.has(id);
  }
  /** What became of the intent with this id. */
  verdict(id: string): IntentVerdict | undefined {
    return this.#verdicts.get(id);
  }
  isSealed(): boolean {
    return this.#sealed.size > 0;
  }
  model(anyId: string): ModelRecord | undefined {
    return this.#models.get(this.#modelIds.get(anyId) ?? anyId);
  }
  modelByName(name: string): ModelRecord | undefined {
    const model = this.#models.get(this.#names.get(name.toLowerCase()) ?? '');
    return model && !model.isDeleted ? model : undefined;
  }
  version(anyId: string): VersionRecord | undefined {
    return this.#versions.get(this.#versionIds.get(anyId) ?? anyId);
  }
  /** Those of the model that aren't deleted, in the order of their numbers. */
  versionsOf(model: string): readonly VersionRecord[] {
    return [...this.#versions.values()].filter((version) => version.model === model && !version.isDeleted);
  }
  latestVersion(model: string): VersionRecord | undefined {
    return this.versionsOf(model).at(-1);
  }
  versionOfRun(model: string, artifact: string, runId: string): VersionRecord | undefined {
    const version = this.#versions.get(this.#runs.get(`${model}/${artifact}/${runId}`) ?? '');
    return version && !version.isDeleted ? version : undefined;
  }
  stagesInUse(model: string): readonly string[] {
    return [...new Set(this.versionsOf(model).map((version) => version.stage))];
  }
  versionsInStage(model: string, stage: string, limit: number): readonly VersionRecord[] {
    return this.versionsOf(model)
      .filter((version) => version.stage === stage)
      .slice(0, limit);
  }
  holderStack(model: string, stage: string, limit: number): readonly string[] {
    return [...(this.#stacks.get(`${model}/${stage}`) ?? [])].reverse().slice(0, limit);
  }
  isOnHolderStack(model: string, stage: string, version: string): boolean {
    return (this.#stacks.get(`${model}/${stage}`) ?? []).includes(version);
  }
  hasHeld(version: string, stage: string): boolean {
    return this.#held.has(`${version}/${stage}`);
  }
  lastHolder(model: string, stage: string, except: string): VersionRecord | undefined {
    const arrivals = (this.#arrivals.get(`${model}/${stage}`) ?? []).map((id) => this.#versions.get(id));
    return arrivals.findLast((version) => version && version.id !== except && !version.isDeleted);
  }
  alias(model: string, alias: string): string | undefined {
    return this.#aliases.get(`${model}/${alias}`);
  }
  aliasesOfModel(model: string): readonly string[] {
    return [...this.#aliases.keys()]
      .filter((place) => place.startsWith(`${model}/`))
      .map((place) => place.slice(model.length + 1))
      .sort();
  }
  aliasesOfVersion(version: string): readonly string[] {
    return [...this.#aliases]
      .filter(([, target]) => target === version)
      .map(([place]) => place.slice(place.indexOf('/') + 1))
      .sort();
  }
  tag(subject: string, key: string): string | undefined {
    return this.#tags.get(`${subject}/${key}`);
  }
  metric(version: string, name: string): number | string | undefined {
    return this.#metrics.get(`${version}/${name}`);
  }
  artifactStatus(digest: string): 'published' | 'withdrawn' | undefined {
    return this.#artifacts.get(digest);
  }
  versionsOfArtifact(digest: string, limit: number): readonly VersionRecord[] {
    return [...this.#versions.values()]
      .filter((version) => version.artifact === digest && !version.isDeleted)
      .slice(0, limit);
  }
  policy(model: string): Policy | undefined {
    return this.#policies.get(model);
  }
  policies(): readonly Policy[] {
    return [...this.#policies].flatMap(([model, policy]) => (this.#models.get(model)?.isDeleted ? [] : [policy]));
  }
  votes(subject: string, target: string): readonly Vote[] {
    return [...this.#votes].filter(([place]) => place.startsWith(`${subject}/${target}/`)).map(([, vote]) => vote);
  }
  authorOf(version: string): FactAuthor {
    return this.#authors.get(version) ?? { name: '', email: '' };
  }
  gateRecord(version: string, stage: string, gate: string): GateRecord | undefined {
    return this.#gates.get(`${version}/${stage}/${gate}`);
  }
  gateRecords(version: string, stage: string): readonly GateRecord[] {
    return [...this.#gates].filter(([place]) => place.startsWith(`${version}/${stage}/`)).map(([, record]) => record);
  }
  hasRequest(subject: string, target: string): boolean {
    return this.#requests.has(`${subject}/${target}`);
  }
  requestCount(subject: string): number {
    return [...this.#requests.keys()].filter((place) => place.startsWith(`${subject}/`)).length;
  }

  /** Everything that a test compares, in one string. */
  view(): string {
    return JSON.stringify([
      [...this.#models.values()].map(({ id, name }) => [id, name]),
      [...this.#versions.values()].map(({ id, model, number, stage, artifact, isDeleted }) => [
        id,
        model,
        number,
        isDeleted ? 'deleted' : stage,
        artifact,
      ]),
      [...this.#aliases].sort(),
      [...this.#tags].sort(),
      [...this.#remarks.values()],
      [...this.#votes].map(([place, { isGiven, lapsed }]) => [place, isGiven, lapsed?.code ?? '']).sort(),
      [...this.#requests.keys()].sort(),
      [...this.#policies]
        .flatMap(([model, { signers = [] }]) => (signers.length > 0 ? [[model, signers.map(({ key }) => key)]] : []))
        .sort(),
    ]);
  }

  addCommit(): void {}
  addIntent(source: FactSource, _models: readonly string[], outcome: IntentOutcome): void {
    this.#set(this.#verdicts, source.intentId, verdictOf(source, outcome));
  }
  addVoidIntent(): void {}
  addModel(event: EventOf<'model.created'>): void {
    const { model: id, name, description = '' } = event;
    this.#set(this.#models, id, { id, name, description, lastNumber: 0, isDeleted: false });
    this.#set(this.#names, name.toLowerCase(), id);
  }
  addModelId(anyId: string, model: string): void {
    this.#set(this.#modelIds, anyId, model);
  }
  updateModel(model: string, change: { readonly description?: string }): void {
    this.#changeModel(model, change);
  }
  renameModel(model: string, name: string): void {
    this.#changeModel(model, { name });
    this.#set(this.#names, name.toLowerCase(), model);
  }
  deleteModel(model: string): void {
    for (const { id } of this.versionsOf(model)) {
      this.deleteVersion(id);
      this.endRequests(id);
    }
    this.endRequests(model);
    for (const alias of this.aliasesOfModel(model)) this.setAlias(model, alias, undefined);
    this.#changeModel(model, { isDeleted: true });
  }
  addVersion(
    event: EventOf<'version.registered'>,
    model: string,
    number: number,
    fingerprint: string,
    { by }: FactSource,
  ): void {
    const { version: id, artifact, description, run } = event;
    const record = { id, model, number, stage: 'candidate', artifact: artifact.digest, description };
    this.#set(this.#versions, id, { ...record, isDeleted: false, fingerprint });
    this.#set(this.#authors, id, by);
    this.#changeModel(model, { lastNumber: number });
    if (run?.id !== undefined) this.#set(this.#runs, `${model}/${artifact.digest}/${run.id}`, id);
    this.addMetrics(id, event.metrics);
  }
  addVersionId(anyId: string, version: string): void {
    this.#set(this.#versionIds, anyId, version);
  }
  describeVersion(version: string, description: string): void {
    this.#changeVersion(version, { description });
  }
  addNote(version: string, text: string, source: FactSource): void {
    this.#set(this.#remarks, `${source.intentId}/${this.#remarks.size}`, `${version}: ${text}`);
  }
  addComment(subject: string, text: string, source: FactSource): void {
    this.addNote(subject, text, source);
  }
  deleteVersion(version: string): void {
    this.#changeVersion(version, { isDeleted: true });
  }
  setTag(subject: string, key: string, value: string | undefined): void {
    this.#set(this.#tags, `${subject}/${key}`, value);
  }
  addMetrics(version: string, metrics: Readonly<Record<string, number | string>>): void {
    for (const [name, value] of Object.entries(metrics)) this.#set(this.#metrics, `${version}/${name}`, value);
  }
  addEvaluation(): void {}
  setArtifactStatus(digest: string, status: 'published' | 'withdrawn'): void {
    this.#set(this.#artifacts, digest, status);
  }
  addEnvironment(): void {}
  setStage(version: string, move: StageMove): void {
    this.#changeVersion(version, { stage: move.to });
    this.#set(this.#held, `${version}/${move.to}`, true);
    const place = `${this.#versions.get(version)?.model}/${move.to}`;
    const others = (this.#arrivals.get(place) ?? []).filter((id) => id !== version);
    this.#set(this.#arrivals, place, [...others, version]);
  }
  pushHolder(model: string, stage: string, version: string): void {
    const others = (this.#stacks.get(`${model}/${stage}`) ?? []).filter((held) => held !== version);
    this.#set(this.#stacks, `${model}/${stage}`, [...others, version]);
  }
  dropHolder(model: string, stage: string, version: string): void {
    const stack = this.#stacks.get(`${model}/${stage}`) ?? [];
    this.#set(
      this.#stacks,
      `${model}/${stage}`,
      stack.filter((held) => held !== version),
    );
  }
  dropHoldersAbove(model: string, stage: string, version: string): void {
    const stack = this.#stacks.get(`${model}/${stage}`) ?? [];
    this.#set(this.#stacks, `${model}/${stage}`, stack.slice(0, stack.indexOf(version) + 1));
  }
  setAlias(model: string, alias: string, version: string | undefined): void {
    this.#set(this.#aliases, `${model}/${alias}`, version);
  }
  dropGateRecords(version: string, isMeant: (gate: string) => boolean): void {
    for (const [place, { gate }] of [...this.#gates])
      if (place.startsWith(`${version}/`) && isMeant(gate)) this.#set(this.#gates, place, undefined);
  }
  addGateResult(version: string, event: EventOf<'gate.recorded'>, { by }: FactSource): void {
    const { stage, gate, outcome, against } = event;
    this.#set(this.#gates, `${version}/${stage}/${gate}`, { gate, outcome, by, ...(against ? { against } : {}) });
  }
  setVote({ subject, target, model }: Question, { person, isGiven, lapsed }: CommentedVote, { by }: FactSource): void {
    const vote = { person, by, isGiven, model, ...(lapsed ? { lapsed } : {}) };
    this.#set(this.#votes, `${subject}/${target}/${person}`, vote);
  }
  lapseVotes(of: VotesOf, lapse: Lapse): void {
    for (const [place, vote] of this.#votes) {
      const [subject, target] = place.split('/');
      const isMeant =
        'model' in of
          ? vote.model === of.model && target === of.target
          : subject === of.subject && (of.target === undefined || target === of.target);
      if (isMeant && vote.isGiven && !vote.lapsed) this.#set(this.#votes, place, { ...vote, lapsed: lapse });
    }
  }
  dropVotes(subject: string): void {
    for (const place of [...this.#votes.keys()])
      if (place.startsWith(`${subject}/`)) this.#set(this.#votes, place, undefined);
  }
  setRequest({ subject, target }: Question): void {
    this.#set(this.#requests, `${subject}/${target}`, true);
  }
  endRequests(subject: string, target?: string): void {
    for (const place of [...this.#requests.keys()]) {
      if (target === undefined ? place.startsWith(`${subject}/`) : place === `${subject}/${target}`)
        this.#set(this.#requests, place, undefined);
    }
  }
  setPolicy(model: string, policy: Policy): void {
    this.#set(this.#policies, model, policy);
  }
  addUnknownEvent(): void {}
  seal(reason: string): void {
    this.#set(this.#sealed, 'reason', reason);
  }

  #changeModel(id: string, change: Partial<ModelRecord>): void {
    const model = this.#models.get(id);
    if (model) this.#set(this.#models, id, { ...model, ...change });
  }
  #changeVersion(id: string, change: Partial<VersionRecord>): void {
    const version = this.#versions.get(id);
    if (version) this.#set(this.#versions, id, { ...version, ...change });
  }
}

function verdictOf({ seq, at }: Place, outcome: IntentOutcome): IntentVerdict {
  if (outcome.kind === 'applied') return { seq, at, message: '' };
  if (outcome.kind === 'void') return { seq, at, code: outcome.code, message: outcome.message };
  return { seq, at, code: 'UNKNOWN', message: outcome.needs.join(', ') };
}
