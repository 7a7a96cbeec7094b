import { isoTime } from '../../src/base/clock.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { LocalAuthority } from '../../src/intents/local-authority.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';
import type { Intent } from '../../src/log/intent.ts';
import { readFormat } from '../../src/log/log-reader.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { commitKey, FORMAT_KEY, manifestKey, objectKey, seqOfCommitKey } from '../../src/storage/layout.ts';
import { carelessCommit } from './careless-writer.ts';
import { memoryLog } from './memory-log.ts';
import { type Random, seededRandom } from './random.ts';
import { type Asked, nextRequest } from './requests.ts';
import { Violation, Witness } from './witness.ts';
import { type Fault, isInjected, type Program, World } from './world.ts';

const ROOT = '/registry';
const REGISTRY = '01M84GD1DENREG1STRY0000000';

export interface ScheduleOptions {
  readonly seed: number;
  /** Given, this one fault is the only one. */
  readonly faultAt?: { readonly step: number; readonly fault: Fault };
  readonly clients?: number;
  readonly requests?: number;
  readonly trace?: (line: string) => void;
}

export interface ScheduleReport {
  readonly seed: number;
  /** File operations that were scheduled. */
  readonly steps: number;
  readonly commits: number;
  readonly applied: number;
  readonly refused: number;
  readonly kills: number;
  readonly powerFailures: number;
  readonly faults: number;
}

/** One run of a few clients on one machine that depends on the seed alone. Throws `Violation` for a broken invariant. */
export async function runSchedule(options: ScheduleOptions): Promise<ScheduleReport> {
  const schedule = new Schedule(options);
  await schedule.run();
  return schedule.report();
}

class Schedule {
  readonly #options: ScheduleOptions;
  readonly #random: Random;
  readonly #world: World;
  readonly #acknowledged = new Map<string, { readonly kind: 'applied' | 'refused'; readonly seq: number }>();
  readonly #inFlight = new Map<string, Intent>();
  readonly #programs = new Map<string, Program>();
  readonly #isAimed: boolean;
  readonly #rates: { readonly fault: number; readonly kill: number; readonly power: number; readonly late: number };
  #witness: Witness;
  #requestsLeft: number;
  #ids = 0;
  #failure: unknown;
  #hasFaults = false;
  #counts = { kills: 0, powerFailures: 0, faults: 0, commits: 0 };

  constructor(options: ScheduleOptions) {
    this.#options = options;
    const random = seededRandom(options.seed);
    this.#random = random;
    this.#isAimed = options.seed % 5 === 0;
    this.#requestsLeft = options.requests ?? 6 + random.below(8);
    this.#rates = {
      fault: random.pick([0, 0.01, 0.05]),
      kill: random.pick([0, 0.005, 0.02]),
      power: random.pick([0, 0, 0.004, 0.015]),
      late: random.pick([0, 0.03]),
    };
    this.#world = new World({
      random,
      faultAt: (step, action) => this.#faultAt(step, action),
      onKilled: (program) => {
        this.#counts.kills += 1;
        this.#start(program.name);
      },
      onPowerFailed: () => {
        this.#failPower();
        for (const name of this.#programs.keys()) this.#start(name);
      },
      ...(options.trace ? { trace: options.trace } : {}),
    });
    this.#witness = new Witness(REGISTRY, '');
  }

  async run(): Promise<void> {
    await this.#alone('init', async (program) => {
      const store = filesystemStore(ROOT, this.#world.fileSystem(program));
      const format = encodeFormatFile({ format: 1, registryId: REGISTRY, created: isoTime(0), requires: [] });
      await store.putIfAbsent(FORMAT_KEY, format);
      this.#witness = new Witness(REGISTRY, sha256Hex(format));
    });
    this.#world.disk.watcher = {
      named: (path, bytes) => {
        const seq = seqAt(path);
        if (seq !== undefined) this.#guard(() => this.#witness.follow(seq, bytes));
      },
      unnamed: (path) => {
        if (seqAt(path) !== undefined) this.#guard(() => fail(`${path} was removed from the log`));
      },
    };
    const clients = this.#options.clients ?? 2 + this.#random.below(3);
    this.#hasFaults = true;
    for (let client = 1; client <= clients; client += 1) this.#start(`client-${client}`);
    await this.#world.run();
    this.#throwFailure();
    this.#hasFaults = false;
    this.#failPower();
    this.#throwFailure();
    await this.#alone('last', (program) => this.#lastWord(program));
    this.#checkFiles();
  }

  report(): ScheduleReport {
    const kinds = [...this.#acknowledged.values()].map(({ kind }) => kind);
    return {
      seed: this.#options.seed,
      steps: this.#world.steps,
      ...this.#counts,
      commits: this.#witness.entries.length,
      applied: kinds.filter((kind) => kind === 'applied').length,
      refused: kinds.filter((kind) => kind === 'refused').length,
    };
  }

  #faultAt(step: number, action: string): Fault | undefined {
    if (!this.#hasFaults || this.#failure !== undefined) return undefined;
    const { faultAt } = this.#options;
    if (faultAt) return faultAt.step === step ? faultAt.fault : undefined;
    if (this.#isAimed) return this.#aimedFault(action);
    const { fault, kill, power, late } = this.#rates;
    const dice = this.#random.next();
    if (dice < power) return this.#counts.powerFailures < 3 ? 'power' : undefined;
    if (dice < power + kill)
      return this.#counts.kills < 6 ? this.#random.pick(['kill before', 'kill after']) : undefined;
    if (dice < power + kill + late) return 'late';
    if (dice > 1 - fault) {
      this.#counts.faults += 1;
      return this.#random.pick(['fails', 'lost answer']);
    }
    return undefined;
  }

  /**
   * Some schedules aim at the moments when names have been given and aren't flushed yet: one program dies there, another goes on from what it
   * sees, and then the power fails. By chance alone that comes together in one of many thousand schedules.
   */
  #aimedFault(action: string): Fault | undefined {
    const dice = this.#random.next();
    if (action === 'link' && dice < 0.25 && this.#counts.kills < 6) return 'kill after';
    if ((action === 'link' || action === 'unlink') && dice > 0.85 && this.#counts.powerFailures < 3) return 'power';
    return undefined;
  }

  #start(name: string): void {
    const program: Program = { name, isAlive: true };
    this.#programs.set(name, program);
    this.#live(program).catch((error: unknown) => {
      if (!isInjected(error)) this.#failure ??= error;
      // It couldn't be opened: the person tries again.
      else if (program.isAlive) this.#start(name);
    });
  }

  async #alone(name: string, task: (program: Program) => Promise<void>): Promise<void> {
    let failure: unknown = new Violation(`${name} never ended`);
    task({ name, isAlive: true }).then(
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

  async #open(program: Program) {
    const store = filesystemStore(ROOT, this.#world.fileSystem(program));
    const { hash } = await readFormat(store, ROOT);
    const { state, log } = memoryLog({
      store,
      registryId: REGISTRY,
      formatHash: hash,
      onApplied: (position, seen) => {
        const entry = this.#witness.entries[position.seq - 1];
        this.#guard(() => {
          if (entry?.hash !== position.hash)
            fail(`${program.name} read another commit ${position.seq} than was written`);
          if (entry?.view !== seen.view())
            fail(`${program.name} has another state at ${position.seq}:\n${seen.view()}\nnot\n${entry?.view}`);
          for (const id of entry?.applied ?? [])
            if (seen.verdict(id)?.code !== undefined) fail(`${id} is void to ${program.name}`);
          for (const id of entry?.refused ?? [])
            if (seen.verdict(id)?.code === undefined) fail(`${id} is applied to ${program.name}`);
        });
      },
    });
    const authority = new LocalAuthority({
      store,
      catalog: log,
      clock: () => this.#world.now,
      random: () => this.#random.next(),
      delay: (milliseconds) => this.#world.delay(program, milliseconds),
    });
    return { store, state, log, authority };
  }

  /** What one person's program does from its start until there is nothing left to ask for. */
  async #live(program: Program): Promise<void> {
    const { store, state, log, authority } = await this.#open(program);
    await log.catchUp();
    const unanswered = this.#inFlight.get(program.name);
    if (unanswered && this.#random.chance(0.6)) await this.#submit(program, authority, unanswered);
    while (this.#requestsLeft > 0) {
      this.#requestsLeft -= 1;
      try {
        if (this.#random.chance(0.08)) {
          await log.catchUp();
          const bytes = carelessCommit({
            state,
            random: this.#random,
            position: log.position,
            intentOf: (asked) => this.#intentOf(asked),
          });
          const head = log.position.seq;
          // It cares for no rule, but doesn't make gaps: what it follows is made durable first.
          const last = head > 0 ? await store.get(commitKey(head)) : undefined;
          if (last) await store.putIfAbsent(commitKey(head), last);
          await store.putIfAbsent(commitKey(head + 1), bytes);
          continue;
        }
        // Some people act on what they saw a while ago.
        if (this.#random.chance(0.6)) await log.catchUp();
        const asked = await nextRequest({ state, store, random: this.#random, newId: () => this.#newId() });
        await this.#submit(program, authority, this.#intentOf(asked));
      } catch (error) {
        if (!isInjected(error)) throw error;
      }
    }
  }

  async #submit(program: Program, authority: LocalAuthority, intent: Intent): Promise<void> {
    this.#inFlight.set(program.name, intent);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        const result = await authority.submit(intent);
        this.#inFlight.delete(program.name);
        this.#guard(() => this.#acknowledge(intent.id, result.kind, result.kind === 'applied' ? result.seq : 0));
        return;
      } catch (error) {
        if (!isInjected(error)) throw error;
      }
    }
  }

  #acknowledge(id: string, kind: 'applied' | 'refused', seq: number): void {
    this.#options.trace?.(`acknowledged: ${id} ${kind} ${seq}`);
    const before = this.#acknowledged.get(id);
    if (before && (before.kind !== kind || before.seq !== seq)) fail(`${id} was ${before.kind} and then ${kind}`);
    this.#acknowledged.set(id, { kind, seq });
    this.#checkAcknowledged(id, kind, seq);
  }

  #checkAcknowledged(id: string, kind: 'applied' | 'refused', seq: number): void {
    const outcome = this.#witness.outcomeOf(id);
    if (kind === 'refused' && outcome === 'applied') fail(`${id} was refused, and is applied in the log`);
    if (kind === 'applied' && !this.#witness.entries[seq - 1]?.applied.includes(id))
      fail(`${id} was acknowledged as applied by commit ${seq}, and isn't`);
  }

  /** The machine goes dark. What it finds afterwards must hold everything that was acknowledged. */
  #failPower(): void {
    this.#counts.powerFailures += 1;
    const { disk } = this.#world;
    for (const program of this.#programs.values()) this.#world.kill(program);
    const seen = this.#witness;
    disk.failPower(this.#random, this.#random.pick([0.2, 0.5, 1]));
    this.#guard(() => {
      const witness = new Witness(REGISTRY, seen.formatHash);
      const seqs = [...(disk.find(`${ROOT}/log`)?.entries?.keys() ?? [])]
        .map((name) => seqOfCommitKey(`log/${name}`) ?? 0)
        .filter((seq) => seq > 0)
        .sort((a, b) => a - b);
      for (const seq of seqs) {
        witness.follow(seq, disk.open(`${ROOT}/${commitKey(seq)}`).bytes);
        const before = seen.entries[seq - 1];
        if (before?.hash !== witness.entries[seq - 1]?.hash) fail(`commit ${seq} isn't what it was`);
      }
      this.#witness = witness;
      for (const [id, { kind, seq }] of this.#acknowledged) this.#checkAcknowledged(id, kind, seq);
      this.#checkFiles();
    });
  }

  /** The files of every version in a stage beyond candidate are there and whole. */
  #checkFiles(): void {
    const read = (key: string) => this.#world.disk.find(`${ROOT}/${key}`)?.bytes ?? new Uint8Array();
    for (const { stage, isDeleted, artifact } of this.#witness.state.versions.values()) {
      if (isDeleted || (stage !== 'staging' && stage !== 'production')) continue;
      const manifest = read(manifestKey(artifact));
      if (sha256Hex(manifest) !== artifact) fail(`the manifest ${artifact} was lost`);
      const digest = /"sha256":"(\w+)"/.exec(new TextDecoder().decode(manifest))?.[1] ?? '';
      if (sha256Hex(read(objectKey(digest))) !== digest) fail(`the object ${digest} was lost`);
    }
  }

  /** Whatever happened, the next person can read and write. */
  async #lastWord(program: Program): Promise<void> {
    const { state, log, authority } = await this.#open(program);
    await log.catchUp();
    if (log.position.seq !== this.#witness.entries.length) fail('the log has commits that nobody finds');
    for (const [id, { kind, seq }] of this.#acknowledged) {
      const verdict = state.verdict(id);
      if (kind === 'applied' && (verdict?.seq !== seq || verdict.code !== undefined)) fail(`${id} was lost`);
    }
    const asked: Asked = { expects: {}, events: [{ type: 'model.created', model: this.#newId(), name: 'last' }] };
    const result = await authority.submit(this.#intentOf(asked));
    if (result.kind !== 'applied') fail('nothing can be written any more');
  }

  #intentOf({ events, expects }: Asked): Intent {
    const askedAt = isoTime(this.#world.now);
    const by = { name: this.#ids % 3 === 0 ? 'Bob' : 'Ann', email: '' };
    return { id: this.#newId(), registryId: REGISTRY, by, askedAt, via: 'cli', requires: [], expects, events };
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

function fail(message: string): never {
  throw new Violation(message);
}

function seqAt(path: string): number | undefined {
  return path.startsWith(`${ROOT}/`) ? seqOfCommitKey(path.slice(ROOT.length + 1)) : undefined;
}
