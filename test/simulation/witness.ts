import { createHash } from 'node:crypto';
import * as v from 'valibot';

/**
 * A second account of what docs/format.md says, as simple as it can be and sharing no code with the product. It follows the log as it is
 * on the disk, holds every invariant that can be told from the log against each commit, and says what the state must be after it.
 */
interface Version {
  readonly id: string;
  readonly model: string;
  readonly number: number;
  readonly artifact: string;
  readonly run: string;
  /** Who registered it. */
  readonly author: string;
  stage: string;
  isDeleted: boolean;
  readonly held: Set<string>;
}

interface State {
  readonly models: Map<string, { readonly name: string; lastNumber: number }>;
  /** Any id of a model or version → its id. */
  readonly ids: Map<string, string>;
  readonly versions: Map<string, Version>;
  readonly aliases: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly published: Set<string>;
  readonly notes: string[];
  /** By model: the keys whose signatures count, and what they are asked for. */
  readonly signers: Map<string, { readonly keys: readonly string[]; readonly asked: readonly string[] }>;
  /** Models whose promotions to production need an approval. */
  readonly gated: Set<string>;
  /** By version, stage and person. */
  readonly votes: Map<string, Vote>;
  /** By version and stage. */
  readonly requests: Set<string>;
  /** By version, stage and gate. */
  readonly results: Map<string, string>;
}

interface Vote {
  readonly model: string;
  readonly isGiven: boolean;
  readonly isSigned: boolean;
  lapse: string;
}

const text = v.optional(v.string(), '');
const line = v.object({
  id: v.string(),
  registryId: v.string(),
  by: v.object({ name: v.string() }),
  expects: v.optional(v.record(v.string(), v.record(v.string(), v.nullable(v.string()))), {}),
  events: v.array(
    v.object({
      type: v.string(),
      model: text,
      version: text,
      name: text,
      alias: text,
      note: text,
      from: text,
      to: text,
      kind: text,
      stage: text,
      gate: text,
      outcome: text,
      seen: v.optional(
        v.object({
          holder: v.nullable(v.string()),
          gates: v.array(v.object({ gate: v.string(), outcome: v.string() })),
        }),
      ),
      run: v.optional(v.object({ id: v.string() })),
      artifact: v.optional(v.union([v.string(), v.object({ digest: v.string() })])),
      displaces: v.optional(v.array(v.object({ version: v.string(), to: v.string() })), []),
      setTags: v.optional(v.record(v.string(), v.string()), {}),
      policy: v.optional(
        v.object({
          signers: v.optional(v.array(v.object({ key: v.string() })), []),
          signatures: v.optional(v.array(v.string()), []),
          gates: v.optional(v.record(v.string(), v.array(v.unknown())), {}),
        }),
      ),
    }),
  ),
});
type Line = v.InferOutput<typeof line>;
type Event = Line['events'][number];

/** What a commit came to: the state after it, in one string, and the intents that it settled. */
export interface Entry {
  readonly hash: string;
  readonly view: string;
  readonly applied: readonly string[];
  readonly refused: readonly string[];
}

/** Thrown for a broken invariant. */
export class Violation extends Error {}

/** Thrown inside for what makes an intent void. */
class No extends Error {}

export class Witness {
  readonly #registryId: string;
  readonly formatHash: string;
  readonly entries: Entry[] = [];
  /** Every line that was signed, by whoever made the signature, with the key: nothing else is. */
  readonly signed = new Map<string, string>();
  #state = emptyState();
  readonly #settled = new Map<string, 'applied' | 'refused'>();

  constructor(registryId: string, formatHash: string) {
    this.#registryId = registryId;
    this.formatHash = formatHash;
  }

  get state(): State {
    return this.#state;
  }

  outcomeOf(intent: string): 'applied' | 'refused' | undefined {
    return this.#settled.get(intent);
  }

  /** Follows the log by one commit. */
  follow(seq: number, bytes: Uint8Array): void {
    if (seq !== this.entries.length + 1) throw new Violation(`commit ${seq} stands after ${this.entries.length}`);
    const before = productionOf(this.#state);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const settled = this.#apply(seq, bytes);
    for (const [model, holders] of productionOf(this.#state)) {
      if (holders.length > 1) throw new Violation(`commit ${seq} puts ${holders.length} versions into production`);
      const isLost = holders.length === 0 && (before.get(model)?.length ?? 0) > 0;
      if (isLost && !settled.leaves) throw new Violation(`commit ${seq} leaves production without a version`);
    }
    const view = viewOf(this.#state);
    this.entries.push({ hash, view, applied: settled.applied, refused: settled.refused });
  }

  #apply(seq: number, bytes: Uint8Array) {
    const applied: string[] = [];
    const refused: string[] = [];
    let leaves = false;
    for (const { raw, parsed } of this.#intentsIn(seq, bytes)) {
      if (this.#settled.has(parsed.id)) continue;
      const copy = copyOf(this.#state);
      try {
        if (parsed.registryId !== this.#registryId) throw new No('other registry');
        checkExpectations(copy, parsed.expects);
        for (const event of parsed.events) {
          const isSigned = checkSigner(copy, event, this.signed.get(raw));
          // All keys are the same person's.
          applyEvent(copy, event, { person: isSigned ? 'somebody' : parsed.by.name.toLowerCase(), isSigned });
        }
        this.#state = copy;
        this.#settled.set(parsed.id, 'applied');
        applied.push(parsed.id);
        leaves ||= parsed.events.some((event) => event.type === 'stage.changed' && event.from === 'production');
      } catch (error) {
        if (!(error instanceof No)) throw error;
        this.#settled.set(parsed.id, 'refused');
        refused.push(parsed.id);
      }
    }
    return { applied, refused, leaves };
  }

  /** None where the commit is void as a whole. */
  #intentsIn(seq: number, bytes: Uint8Array): readonly { readonly raw: string; readonly parsed: Line }[] {
    const lines = new TextDecoder().decode(bytes).split('\n');
    if (lines.pop() !== '') return [];
    const [first, ...rest] = lines;
    const envelope = v.safeParse(v.object({ seq: v.number(), prev: v.string() }), jsonOf(first ?? ''));
    const prev = this.entries.at(-1)?.hash ?? this.formatHash;
    if (!envelope.success || envelope.output.seq !== seq || envelope.output.prev !== prev) return [];
    return rest.map((raw) => ({ raw, parsed: v.parse(line, jsonOf(raw)) }));
  }
}

/** The state as one string, of the form that `MemoryState.view` has. */
function viewOf(state: State): string {
  return JSON.stringify([
    [...state.models].map(([id, model]) => [id, model.name]),
    [...state.versions.values()].map((version) => [
      version.id,
      version.model,
      version.number,
      version.isDeleted ? 'deleted' : version.stage,
      version.artifact,
    ]),
    [...state.aliases].sort(),
    [...state.tags].sort(),
    state.notes,
    [...state.votes].map(([place, { isGiven, lapse }]) => [place, isGiven, lapse]).sort(),
    [...state.requests].sort(),
    [...state.signers].map(([model, { keys }]) => [model, keys]).sort(),
  ]);
}

function checkExpectations({ versions, aliases, tags, ids }: State, expects: Line['expects']): void {
  const canonical = (place: string) => {
    const [id = '', ...rest] = place.split('/');
    return [ids.get(id) ?? id, ...rest].join('/');
  };
  const actual: Record<string, (place: string) => string | undefined> = {
    stages: (id) => versions.get(canonical(id))?.stage,
    holders: (place) => {
      const [model, stage] = canonical(place).split('/');
      return inStage(versions, model, stage)[0]?.id;
    },
    aliases: (place) => aliases.get(canonical(place)),
    tags: (place) => tags.get(canonical(place)),
  };
  for (const [kind, entries] of Object.entries(expects)) {
    for (const [place, value] of Object.entries(entries)) {
      const isId = kind === 'holders' || kind === 'aliases';
      const expected = value !== null && isId ? canonical(value) : value;
      if ((actual[kind]?.(place) ?? null) !== expected) throw new No('expectation');
    }
  }
}

/** Changes of stage, of aliases and of the list itself are by who is on the list; the first list by who is on that. True where it is. */
function checkSigner({ signers, ids, versions }: State, event: Event, key: string | undefined): boolean {
  const model = ids.get(event.model) ?? versions.get(ids.get(event.version) ?? '')?.model ?? '';
  const present = signers.get(model);
  const list = present ?? (event.type === 'policy.set' && ids.has(event.model) ? listOf(event) : undefined);
  if (!list || list.keys.length === 0) return false;
  const asked = event.type === 'policy.set' || list.asked.includes('all');
  const decides = ['stage.changed', 'alias.set', 'alias.removed', 'version.deleted'].includes(event.type);
  if ((asked || (decides && list.asked.includes('stages'))) && !list.keys.includes(key ?? '')) {
    throw new No('unsigned');
  }
  return list.keys.includes(key ?? '');
}

function listOf({ policy }: Event) {
  return { keys: (policy?.signers ?? []).map(({ key }) => key), asked: policy?.signatures ?? [] };
}

interface Author {
  readonly person: string;
  readonly isSigned: boolean;
}

function applyEvent(state: State, event: Event, author: Author): void {
  const { models, ids, versions } = state;
  const model = ids.get(event.model) ?? '';
  const version = versions.get(ids.get(event.version) ?? '');
  const live = () => {
    if (!version || version.isDeleted) throw new No('no version');
    return version;
  };
  switch (event.type) {
    case 'model.created': {
      if (ids.has(event.model)) throw new No('id taken');
      const taken = [...models].find(([, known]) => known.name === event.name)?.[0];
      ids.set(event.model, taken ?? event.model);
      if (taken === undefined) models.set(event.model, { name: event.name, lastNumber: 0 });
      return;
    }
    case 'version.registered':
      if (ids.has(event.version)) throw new No('id taken');
      register(state, event, model, author.person);
      return;
    case 'artifact.published':
      if (typeof event.artifact === 'string') state.published.add(event.artifact);
      return;
    case 'stage.changed':
      move(state, live(), event);
      return;
    case 'alias.set':
      if (live().model !== model) throw new No('other model');
      state.aliases.set(`${model}/${event.alias}`, live().id);
      return;
    case 'alias.removed':
      if (!state.aliases.delete(`${model}/${event.alias}`)) throw new No('no alias');
      return;
    case 'version.annotated':
      if (event.note !== '') state.notes.push(`${live().id}: ${event.note}`);
      for (const [key, value] of Object.entries(event.setTags)) state.tags.set(`${live().id}/${key}`, value);
      return;
    case 'version.deleted':
      if (live().stage === 'production') throw new No('held');
      if ([...state.aliases.values()].includes(live().id)) throw new No('alias held');
      endRequests(state, live().id);
      live().isDeleted = true;
      return;
    case 'gate.recorded': {
      const place = `${live().id}/${event.stage}`;
      const before = state.results.get(`${place}/${event.gate}`) ?? 'passed';
      state.results.set(`${place}/${event.gate}`, event.outcome);
      if (before !== event.outcome) lapse(state, (at) => at.startsWith(`${place}/`), 'gate');
      return;
    }
    case 'approval.given':
    case 'approval.refused':
      say(state, live(), event, author);
      return;
    case 'promotion.requested': {
      const isUp = live().stage === 'archived' || ORDER.indexOf(event.stage) > ORDER.indexOf(live().stage);
      if (live().stage === event.stage || !isUp) throw new No('no promotion');
      state.requests.add(`${live().id}/${event.stage}`);
      return;
    }
    case 'promotion.withdrawn':
      if (!state.requests.delete(`${live().id}/${event.stage}`)) throw new No('no request');
      return;
    case 'policy.set': {
      if (!models.has(model)) throw new No('no model');
      const list = listOf(event);
      if (list.keys.length > 0) {
        state.signers.set(model, list);
      } else state.signers.delete(model);
      if ((event.policy?.gates.production ?? []).length > 0) state.gated.add(model);
      else state.gated.delete(model);
      return;
    }
    default:
      throw new Error(`The witness knows nothing of ${event.type}.`);
  }
}

/** A person's last word. One that is about something else than what is there has lapsed already. */
function say(state: State, version: Version, event: Event, { person, isSigned }: Author): void {
  const isGiven = event.type === 'approval.given';
  const place = `${version.id}/${event.stage}`;
  let lapsed = '';
  if (isGiven && event.seen) {
    const holder = inStage(state.versions, version.model, event.stage).find(({ id }) => id !== version.id)?.id;
    const seen = event.seen.holder === null ? undefined : (state.ids.get(event.seen.holder) ?? event.seen.holder);
    const results = [...state.results].filter(([at]) => at.startsWith(`${place}/`));
    const looked = new Map(event.seen.gates.map(({ gate, outcome }) => [`${place}/${gate}`, outcome]));
    const isOther =
      results.some(([at, outcome]) => (looked.get(at) ?? 'passed') !== outcome) ||
      [...looked.keys()].some((at) => !state.results.has(at));
    if (holder !== seen) lapsed = 'holder';
    else if (isOther) lapsed = 'gate';
  }
  state.votes.set(`${place}/${person}`, { model: version.model, isGiven, isSigned, lapse: lapsed });
}

function lapse(state: State, isMeant: (place: string, vote: Vote) => boolean, why: string): void {
  for (const [place, vote] of state.votes)
    if (vote.isGiven && vote.lapse === '' && isMeant(place, vote)) state.votes.set(place, { ...vote, lapse: why });
}

function endRequests({ requests }: State, version: string, stage?: string): void {
  for (const place of [...requests])
    if (stage === undefined ? place.startsWith(`${version}/`) : place === `${version}/${stage}`) requests.delete(place);
}

/** Whether somebody approved it, other than whoever registered it, and nobody refused it. */
function isApproved({ votes, signers }: State, { id, model, author }: Version): boolean {
  const mustSign = signers.get(model)?.asked.includes('all') ?? false;
  const said = [...votes].flatMap(([place, vote]) => {
    const [version, stage, person] = place.split('/');
    return version === id && stage === 'production' && (vote.isSigned || !mustSign) ? [{ person, ...vote }] : [];
  });
  if (said.some(({ isGiven }) => !isGiven)) return false;
  return said.some((vote) => vote.lapse === '' && vote.person !== author);
}

function register({ models, ids, versions }: State, event: Event, model: string, author: string): void {
  const owner = models.get(model);
  if (!owner) throw new No('no model');
  const artifact = typeof event.artifact === 'object' ? event.artifact.digest : '';
  const run = event.run?.id ?? '';
  const own = [...versions.values()].filter((version) => version.model === model && !version.isDeleted);
  const latest = own.at(-1);
  const known =
    run === ''
      ? latest?.artifact === artifact
        ? latest
        : undefined
      : own.find((version) => version.artifact === artifact && version.run === run);
  ids.set(event.version, known?.id ?? event.version);
  if (known) return;
  owner.lastNumber += 1;
  const { version: id } = event;
  const number = owner.lastNumber;
  if ([...versions.values()].some((other) => other.model === model && other.number === number))
    throw new Violation(`number ${number} is given twice`);
  versions.set(id, { id, model, number, artifact, run, author, stage: 'candidate', isDeleted: false, held: new Set() });
}

const ORDER = ['candidate', 'staging', 'production', 'archived'];

function move(state: State, version: Version, event: Event): void {
  const { versions, ids, published } = state;
  const { from, to, kind } = event;
  if (version.stage !== from || from === to) throw new No('moved');
  const isUp = from === 'archived' || ORDER.indexOf(to) > ORDER.indexOf(from);
  const expected = to === 'archived' ? 'archive' : isUp ? 'promote' : 'demote';
  if (kind === 'rollback' ? to !== 'production' || !version.held.has(to) : kind !== expected) throw new No('kind');
  if ((to === 'staging' || to === 'production') && !published.has(version.artifact)) throw new No('no files');
  if (kind === 'promote' && to === 'production' && state.gated.has(version.model) && !isApproved(state, version))
    throw new No('not approved');
  const holders = to === 'production' ? inStage(versions, version.model, to).map(({ id }) => id) : [];
  const displaced = event.displaces.map((entry) => ids.get(entry.version) ?? '');
  if (holders.join() !== displaced.join()) throw new No('holder changed');
  for (const id of holders) {
    const holder = versions.get(id);
    if (holder) holder.stage = 'archived';
    endRequests(state, id);
  }
  version.stage = to;
  version.held.add(to);
  endRequests(state, version.id, to === 'archived' ? undefined : to);
  lapse(state, (place) => place.startsWith(`${version.id}/${to}/`), 'used');
  if ([from, to].includes('production'))
    lapse(state, (place, { model }) => model === version.model && place.split('/')[1] === 'production', 'holder');
}

function inStage(versions: ReadonlyMap<string, Version>, model = '', stage = ''): readonly Version[] {
  return [...versions.values()].filter(
    (version) => version.model === model && version.stage === stage && !version.isDeleted,
  );
}

function productionOf({ models, versions }: State): ReadonlyMap<string, readonly Version[]> {
  return new Map([...models.keys()].map((model) => [model, inStage(versions, model, 'production')]));
}

function emptyState(): State {
  return {
    models: new Map(),
    ids: new Map(),
    versions: new Map(),
    aliases: new Map(),
    tags: new Map(),
    published: new Set(),
    notes: [],
    signers: new Map(),
    gated: new Set(),
    votes: new Map(),
    requests: new Set(),
    results: new Map(),
  };
}

function copyOf(state: State): State {
  return {
    models: new Map([...state.models].map(([id, model]) => [id, { ...model }])),
    ids: new Map(state.ids),
    versions: new Map([...state.versions].map(([id, one]) => [id, { ...one, held: new Set(one.held) }])),
    aliases: new Map(state.aliases),
    tags: new Map(state.tags),
    published: new Set(state.published),
    notes: [...state.notes],
    signers: new Map(state.signers),
    gated: new Set(state.gated),
    votes: new Map(state.votes),
    requests: new Set(state.requests),
    results: new Map(state.results),
  };
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
