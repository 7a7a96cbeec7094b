import { uploadArtifact, uploadObject } from '../../src/artifacts/upload.ts';
import { isoTime } from '../../src/base/clock.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { STALE_MS } from '../../src/intents/choose-batch.ts';
import { PendingQueue } from '../../src/intents/pending-queue.ts';
import { SharedAuthority } from '../../src/intents/shared-authority.ts';
import { copiedLog } from '../../src/log/copied-log.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';
import { decodeIntent, encodeIntent, type Intent, isKnownEvent } from '../../src/log/intent.ts';
import { joinSignedLine } from '../../src/log/signed-line.ts';
import { applyIntent } from '../../src/rules/apply-commit.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { commitKey, FORMAT_KEY, manifestKey, objectKey, seqOfCommitKey } from '../../src/storage/layout.ts';
import type { LocalStore } from '../../src/storage/object-store.ts';
import { type SigningKey, signingKey } from '../log/signing-key.ts';
import { MemoryState } from '../rules/memory-state.ts';
import { carelessCommit } from './careless-writer.ts';
import { memoryLog } from './memory-log.ts';
import { type Random, seededRandom } from './random.ts';
import { type Asked, nextRequest } from './requests.ts';
import { Violation, Witness } from './witness.ts';
import { type Blobs, type Fault, isInjected, type Program, World } from './world.ts';

const REGISTRY = '01M84GD1DENREG1STRY0000000';

export interface SharedScheduleOptions {
  readonly seed: number;
  readonly clients?: number;
  readonly requests?: number;
  /** Given, this one fault is the only one. */
  readonly faultAt?: { readonly step: number; readonly fault: Fault };
  readonly trace?: (line: string) => void;
}

export interface SharedScheduleReport {
  readonly seed: number;
  readonly clients: number;
  readonly steps: number;
  readonly commits: number;
  readonly applied: number;
  readonly refused: number;
  readonly kills: number;
  readonly powerFailures: number;
  readonly faults: number;
}

/** What became of something that a person was told is kept. */
interface Kept {
  readonly machine: string;
  /** The person asked to have it taken back, and what was said to that. */
  withdrawal?: 'asked' | 'done';
}

interface Client {
  program: Program;
  readonly machine: string;
  /** Virtual milliseconds until the machine joins; it begins with nothing. */
  joinsAfter: number;
  /** How much work without shared storage it has behind it, and what that came to until it is taken over. */
  readonly brings: number;
  readonly brought: Intent[];
  readonly own: MemoryState;
  /** Some sign what they ask for. */
  readonly key?: SigningKey;
}

/** A program's view of the registry. */
interface Opened extends ReturnType<typeof memoryLog> {
  readonly store: LocalStore;
  readonly queue: PendingQueue;
  readonly authority: SharedAuthority;
}

/**
 * One run of clients on several machines, some of which two clients share, over one shared store that fails; it depends on the seed alone.
 * Throws `Violation` for a broken invariant.
 */
export async function runSharedSchedule(options: SharedScheduleOptions): Promise<SharedScheduleReport> {
  const schedule = new SharedSchedule(options);
  await schedule.run();
  return schedule.report();
}

class SharedSchedule {
  readonly #options: SharedScheduleOptions;
  readonly #random: Random;
  readonly #world: World;
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #kept = new Map<string, Kept>();
  readonly #programs = new Map<string, Client>();
  readonly #offlineUntil = new Map<string, number>();
  readonly #expiredUntil = new Map<string, number>();
  readonly #checkedArtifacts = new Set<string>();
  readonly #format = encodeFormatFile({ format: 1, registryId: REGISTRY, created: isoTime(0), requires: [] });
  readonly #witness = new Witness(REGISTRY, sha256Hex(this.#format));
  readonly #rates: Readonly<Record<'fault' | 'kill' | 'power' | 'late' | 'offline' | 'expired' | 'joins', number>>;
  readonly #isSmall: boolean;
  readonly #isSigning: boolean;
  #requestsLeft: number;
  #ids = 0;
  #failure: unknown;
  #hasFaults = false;
  #counts = { kills: 0, powerFailures: 0, faults: 0 };

  constructor(options: SharedScheduleOptions) {
    this.#options = options;
    const random = seededRandom(options.seed);
    this.#random = random;
    this.#isSmall = random.chance(0.5);
    const isQuiet = options.faultAt !== undefined;
    this.#isSigning = !isQuiet && random.chance(0.4);
    this.#requestsLeft = options.requests ?? 5 + random.below(10) + (this.#isSigning ? 8 : 0);
    this.#rates = {
      fault: isQuiet ? 0 : random.pick([0, 0.01, 0.05]),
      kill: isQuiet ? 0 : random.pick([0, 0.003, 0.01]),
      power: isQuiet ? 0 : random.pick([0, 0, 0.002, 0.006]),
      late: isQuiet ? 0 : random.pick([0, 0.03]),
      offline: isQuiet ? 0 : random.pick([0, 0.1]),
      expired: isQuiet ? 0 : random.pick([0, 0, 0.1]),
      joins: isQuiet ? 0 : random.pick([0, 0.4]),
    };
    this.#world = new World({
      random,
      faultAt: (step) => this.#faultAt(step),
      onKilled: (program) => {
        this.#counts.kills += 1;
        this.#start(program.name);
      },
      onPowerFailed: () => this.#failPower(),
      ...(options.trace ? { trace: options.trace } : {}),
    });
  }

  async run(): Promise<void> {
    this.#blobs.set(FORMAT_KEY, this.#format);
    const clients = this.#options.clients ?? 2 + this.#random.below(this.#random.chance(0.2) ? 9 : 3);
    for (let client = 1; client <= clients; client += 1) {
      const isSharing = client > 1 && this.#random.chance(0.25);
      const machine = isSharing ? `/m${1 + this.#random.below(client - 1)}` : `/m${client}`;
      const joins = !isSharing && this.#random.chance(this.#rates.joins);
      this.#programs.set(`client-${client}`, {
        program: { name: `client-${client}`, isAlive: false },
        machine,
        joinsAfter: joins ? this.#random.below(5000) : 0,
        brings: joins && this.#random.chance(0.5) ? 1 + this.#random.below(this.#rates.fault > 0.01 ? 3 : 10) : 0,
        brought: [],
        own: new MemoryState(),
        ...(this.#isSigning && this.#random.chance(0.8) ? { key: keyOf(client) } : {}),
      });
    }
    this.#hasFaults = true;
    for (const name of this.#programs.keys()) this.#start(name);
    await this.#world.run();
    this.#throwFailure();
    this.#hasFaults = false;
    this.#failPower();
    await this.#world.run();
    this.#throwFailure();
    this.#offlineUntil.clear();
    this.#expiredUntil.clear();
    for (const name of this.#programs.keys()) await this.#alone(name, (program) => this.#lastWord(program));
    // What the last one shared, the first ones haven't seen.
    for (const name of this.#programs.keys()) await this.#alone(name, (program) => this.#agree(program));
    for (const [id, kept] of this.#kept) this.#checkSettled(id, kept);
  }

  report(): SharedScheduleReport {
    const outcomes = [...this.#kept.keys()].map((id) => this.#witness.outcomeOf(id));
    return {
      seed: this.#options.seed,
      clients: this.#programs.size,
      steps: this.#world.steps,
      ...this.#counts,
      commits: this.#witness.entries.length,
      applied: outcomes.filter((outcome) => outcome === 'applied').length,
      refused: outcomes.filter((outcome) => outcome !== 'applied').length,
    };
  }

  #faultAt(step: number): Fault | undefined {
    if (!this.#hasFaults || this.#failure !== undefined) return undefined;
    const { faultAt } = this.#options;
    if (faultAt) return faultAt.step === step ? faultAt.fault : undefined;
    const { fault, kill, power, late } = this.#rates;
    const dice = this.#random.next();
    if (dice < power) return this.#counts.powerFailures < 2 ? 'power' : undefined;
    if (dice < power + kill)
      return this.#counts.kills < 6 ? this.#random.pick(['kill before', 'kill after']) : undefined;
    if (dice < power + kill + late) return 'late';
    if (dice > 1 - fault) {
      this.#counts.faults += 1;
      return this.#random.pick(['fails', 'lost answer']);
    }
    return undefined;
  }

  /** The shared store: every commit that gets into it is followed at once. */
  #shared(): Blobs {
    return {
      get: (key) => this.#blobs.get(key),
      has: (key) => this.#blobs.has(key),
      keys: () => [...this.#blobs.keys()],
      put: (key, bytes) => {
        this.#blobs.set(key, bytes);
        const seq = seqOfCommitKey(key);
        if (seq !== undefined) {
          this.#guard(() => {
            this.#witness.follow(seq, bytes);
            this.#checkPublished(seq);
          });
        }
      },
    };
  }

  /** What is said to be in the shared store is there, whole. */
  #checkPublished(seq: number): void {
    for (const digest of this.#witness.state.published) {
      if (this.#checkedArtifacts.has(digest)) continue;
      const manifest = this.#blobs.get(manifestKey(digest)) ?? new Uint8Array();
      const file = /"sha256":"(\w+)"/.exec(new TextDecoder().decode(manifest))?.[1] ?? '';
      const object = this.#blobs.get(objectKey(file)) ?? new Uint8Array();
      if (sha256Hex(manifest) !== digest || sha256Hex(object) !== file)
        fail(`commit ${seq} says that ${digest} is there, and it isn't`);
      this.#checkedArtifacts.add(digest);
    }
  }

  #start(name: string): void {
    const known = this.#programs.get(name);
    if (!known) return;
    known.program = { name, isAlive: true };
    const { program } = known;
    this.#live(program).catch((error: unknown) => {
      if (!isInjected(error)) this.#failure ??= error;
      else if (program.isAlive) this.#start(name);
    });
  }

  async #alone(name: string, task: (program: Program) => Promise<void>): Promise<void> {
    let failure: unknown = new Violation(`${name} never ended`);
    const program = { name, isAlive: true };
    task(program).then(
      () => {
        failure = undefined;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    await this.#world.run();
    this.#throwFailure();
    if (failure !== undefined) throw failure;
  }

  #machineOf(program: Program): string {
    return this.#programs.get(program.name)?.machine ?? '';
  }

  async #open(program: Program): Promise<Opened> {
    const machine = this.#machineOf(program);
    const fs = this.#world.fileSystem(program);
    const own = filesystemStore(`${machine}/copy`, fs);
    const store: LocalStore = copiedLog(own, filesystemStore(machine, fs));
    await store.putIfAbsent(FORMAT_KEY, this.#format);
    const { state, log, lay, lift } = memoryLog({
      store,
      registryId: REGISTRY,
      formatHash: sha256Hex(this.#format),
      onApplied: (position, seen) => {
        const entry = this.#witness.entries[position.seq - 1];
        this.#guard(() => {
          if (entry?.hash !== position.hash)
            fail(`${program.name} read another commit ${position.seq} than was shared`);
          if (entry?.view !== seen.view())
            fail(`${program.name} has another state at ${position.seq}:\n${seen.view()}\nnot\n${entry?.view}`);
        });
      },
    });
    const isUntil = (times: ReadonlyMap<string, number>) => (times.get(machine) ?? 0) > this.#world.now;
    const remote = this.#world.remote(program, this.#shared(), () =>
      isUntil(this.#offlineUntil) ? 'offline' : isUntil(this.#expiredUntil) ? 'expired' : undefined,
    );
    const queue = new PendingQueue(own, () => this.#newId());
    const published = new Set<string>();
    const authority = new SharedAuthority({
      copy: store,
      catalog: log,
      queue,
      publisher: {
        isPublished: (digest) => published.has(digest),
        attach: (digest) => uploadObject(store, remote, digest),
        isSmall: () => this.#isSmall,
        isOurs: () => !this.#hasFaults || this.#random.chance(0.8),
        publish: async (digest, operation) => {
          await uploadArtifact(store, remote, digest, operation);
          published.add(digest);
        },
      },
      remote: async () => remote,
      clock: () => this.#world.now,
      seal: async () => 0,
      random: () => this.#random.next(),
      delay: (milliseconds) => this.#world.delay(program, milliseconds),
    });
    return { store, state, log, lay, lift, queue, authority };
  }

  /** What one person's program does from its start until there is nothing left to ask for. */
  async #live(program: Program): Promise<void> {
    const machine = this.#machineOf(program);
    const client = this.#programs.get(program.name);
    if (client && client.joinsAfter > 0) {
      await this.#world.delay(program, client.joinsAfter);
      client.joinsAfter = 0;
    }
    const opened = await this.#open(program);
    const { store, state, log, lay, lift, queue, authority } = opened;
    await log.catchUp();
    if (client && client.brings > 0) await this.#takeOver(client, opened);
    while (this.#requestsLeft > 0) {
      this.#requestsLeft -= 1;
      if (this.#random.chance(this.#rates.offline))
        this.#offlineUntil.set(machine, this.#world.now + this.#random.below(3000));
      if (this.#random.chance(this.#rates.expired))
        this.#expiredUntil.set(machine, this.#world.now + this.#random.below(3000));
      try {
        const dice = this.#random.next();
        if (dice < (this.#isSigning ? 0.2 : 0.06)) {
          // Who forges looks where the log goes on.
          if (this.#isSigning) await authority.sync();
          await this.#beCareless(program, state, log.position, lift);
        } else if (dice < (this.#isSigning ? 0.26 : 0.14)) await this.#takeBack(machine, queue, authority);
        else {
          if (this.#random.chance(0.5)) await authority.sync();
          await authority.refresh();
          lay();
          const request = { state, store, random: this.#random, newId: () => this.#newId(), isShared: true };
          const list =
            this.#isSigning && this.#random.chance(client?.key ? 0.5 : 0.05) ? this.#listSigners(state) : undefined;
          const asked = list ?? (await nextRequest(request));
          await this.#submit(program, authority, asked);
          for (const event of asked.events) {
            if (!isKnownEvent(event) || event.type !== 'version.registered') continue;
            const published = { type: 'artifact.published', artifact: event.artifact.digest } as const;
            await this.#submit(program, authority, { expects: {}, events: [published] });
          }
        }
        if (this.#random.chance(0.6)) await authority.sync();
      } catch (error) {
        if (!isInjected(error)) throw error;
      }
    }
  }

  /** Attaches: what a machine did on its own waits to be shared, all of it once, however often it is interrupted. */
  async #takeOver(client: Client, { store, log, queue }: Opened): Promise<void> {
    const { own, brought } = client;
    while (brought.length < client.brings) {
      const asked = await nextRequest({ state: own, store, random: this.#random, newId: () => this.#newId() });
      const intent = this.#intentOf(asked, client.key, 'import');
      const place = { seq: brought.length + 1, position: 0, at: intent.askedAt };
      const { outcome } = applyIntent(own, { kind: 'intent', intent }, place, REGISTRY);
      if (outcome.kind === 'applied') brought.push(intent);
    }
    const missing = brought.filter(({ id }) => !log.settled(id) && !this.#kept.has(id));
    await queue.addAll(missing.map((intent) => ({ intent, line: encodeIntent(intent) })));
    for (const { id } of brought) if (!this.#kept.has(id)) this.#kept.set(id, { machine: client.machine });
  }

  /** Somebody names those whose signatures count for a model, in place of those before. */
  #listSigners(state: MemoryState): Asked | undefined {
    const model = state.modelByName(this.#random.pick(['fraud', 'churn']));
    if (!model) return undefined;
    const keys = [...this.#programs.values()].flatMap(({ key }) => (key && this.#random.chance(0.8) ? [key.line] : []));
    const signers = keys.map((key) => ({ person: 'somebody', key }));
    const signatures = signers.length > 0 ? [this.#random.pick(['stages', 'all'] as const)] : [];
    return {
      expects: {},
      events: [{ type: 'policy.set', model: model.id, policy: { ...gatesOf(state, model.id), signers, signatures } }],
    };
  }

  async #submit(program: Program, authority: SharedAuthority, asked: Asked): Promise<void> {
    const machine = this.#machineOf(program);
    const intent = this.#intentOf(asked, this.#programs.get(program.name)?.key);
    const result = await authority.submit(intent);
    this.#options.trace?.(`told: ${intent.id} ${result.kind}`);
    // Whoever shares the folder may have taken it back before its author heard that it is kept.
    if (result.kind === 'pending' && !this.#kept.has(intent.id)) this.#kept.set(intent.id, { machine });
  }

  async #takeBack(machine: string, queue: PendingQueue, authority: SharedAuthority): Promise<void> {
    const waiting = await queue.list();
    if (waiting.length === 0) return;
    const { id } = this.#random.pick(waiting).intent;
    const kept = this.#kept.get(id) ?? { machine };
    this.#kept.set(id, kept);
    kept.withdrawal ??= 'asked';
    const outcome = await authority.withdraw(id);
    if (outcome === 'withdrawn') kept.withdrawal = 'done';
    else if (outcome === 'uncertain' && kept.withdrawal === 'asked') delete kept.withdrawal;
  }

  /** Somebody else's program writes what it likes. */
  async #beCareless(
    program: Program,
    state: Parameters<typeof carelessCommit>[0]['state'],
    position: Parameters<typeof carelessCommit>[0]['position'],
    lift: () => void,
  ): Promise<void> {
    lift();
    const intentOf = (asked: Asked) => this.#forged(asked);
    const bytes = carelessCommit({
      state,
      random: this.#random,
      position,
      intentOf,
      isForging: state.policies().length > 0 && this.#random.chance(0.8),
    });
    const remote = this.#world.remote(program, this.#shared(), () => undefined);
    // It appends, as everybody does: what it writes stands where the log goes on.
    if (this.#witness.entries.length === position.seq) await remote.putIfAbsent(commitKey(position.seq + 1), bytes);
  }

  #failPower(): void {
    this.#counts.powerFailures += 1;
    for (const { program } of this.#programs.values()) this.#world.kill(program);
    this.#world.disk.failPower(this.#random, this.#random.pick([0.2, 0.5, 1]));
    for (const [id, kept] of this.#kept) {
      this.#guard(() => {
        if (this.#placesOf(id, kept).length === 0 && kept.withdrawal === undefined) fail(`${id} was lost`);
      });
    }
    for (const name of this.#programs.keys()) this.#start(name);
  }

  /** Where something that was acknowledged is: each of these is an account of it. */
  #placesOf(id: string, { machine }: Kept): readonly string[] {
    const names = (folder: string) => [...(this.#world.disk.find(`${machine}/copy/${folder}`)?.entries?.keys() ?? [])];
    const outcome = this.#witness.outcomeOf(id);
    return [
      ...(outcome === undefined ? [] : [outcome]),
      ...names('pending').filter((name) => name.endsWith(`-${id}.json`)),
      ...names('refused').filter((name) => name === `${id}.json`),
    ];
  }

  /** Everything that was acknowledged ended in one of the three ways. */
  #checkSettled(id: string, kept: Kept): void {
    const outcome = this.#witness.outcomeOf(id);
    const places = this.#placesOf(id, kept);
    if (places.some((place) => place.includes('-'))) fail(`${id} waits for ever`);
    if (kept.withdrawal === 'done' && outcome === 'applied') fail(`${id} was taken back, and is applied`);
    const isRefused = places.includes(`${id}.json`);
    if (outcome === 'applied' && isRefused) fail(`${id} is applied, and refused`);
    if (outcome === 'refused' && !isRefused && kept.withdrawal === undefined)
      fail(`nobody was told that ${id} is void`);
    if (places.length === 0 && kept.withdrawal === undefined) fail(`${id} was lost`);
  }

  /** Whatever happened, everything that waits is shared or refused. */
  async #lastWord(program: Program): Promise<void> {
    const { log, authority, queue } = await this.#open(program);
    await log.catchUp();
    for (let round = 0; round < 3; round += 1) {
      for (const { intent } of await queue.list()) {
        if (this.#world.now - Date.parse(intent.askedAt) > STALE_MS) await queue.confirm(intent.id, this.#world.now);
      }
      const { waiting } = await authority.sync();
      if (waiting.length === 0) return;
      this.#options.trace?.(`still waiting: ${JSON.stringify(waiting)}`);
    }
    fail(`${program.name} can't share what waits`);
  }

  async #agree(program: Program): Promise<void> {
    const { log, authority } = await this.#open(program);
    await authority.sync();
    if (log.position.seq !== this.#witness.entries.length) fail(`${program.name} doesn't read the whole log`);
  }

  #intentOf({ events, expects }: Asked, key?: SigningKey, via: Intent['via'] = 'cli'): Intent {
    const askedAt = isoTime(this.#world.now);
    const by = { name: this.#ids % 3 === 0 ? 'Bob' : 'Ann', email: '' };
    const intent = { id: this.#newId(), registryId: REGISTRY, by, askedAt, via, requires: [], expects, events };
    if (!key) return intent;
    const line = key.signLine(encodeIntent(intent));
    this.#witness.signed.set(new TextDecoder().decode(line), key.line);
    return decoded(line);
  }

  /** Unsigned, signed by who is on no list, or with the signature of something else. */
  #forged(asked: Asked): Intent {
    const intent = this.#intentOf(asked);
    if (!this.#isSigning) return intent;
    const text = encodeIntent(intent);
    const keys = [keyOf(0), ...[...this.#programs.values()].flatMap(({ key }) => key ?? [])];
    const listed = this.#random.pick(keys);
    switch (this.#random.below(4)) {
      case 0:
        return intent;
      case 1:
        return decoded(keyOf(0).signLine(text));
      default:
        return decoded(joinSignedLine(text, listed.sign(new TextEncoder().encode('something else'))));
    }
  }

  #newId(): string {
    this.#ids += 1;
    return `01M84GD1DEN${String(this.#ids).padStart(15, '0')}`;
  }

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#failure ??= error;
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

const keys = new Map<number, SigningKey>();

/** The key of a client; the one of 0 is on no list. */
function keyOf(client: number): SigningKey {
  const key = keys.get(client) ?? signingKey(`client ${client}`);
  keys.set(client, key);
  return key;
}

function decoded(line: Uint8Array): Intent {
  const read = decodeIntent(line);
  return read.kind === 'intent' ? read.intent : fail('signing makes an intent malformed');
}

function fail(message: string): never {
  throw new Violation(message);
}

/** What promotions need stays, whoever signs. */
function gatesOf(state: MemoryState, model: string) {
  const { gates } = state.policy(model) ?? {};
  return gates ? { gates } : {};
}
