import { RegistryError } from '../../src/base/errors.ts';
import type { FileSystem, OpenFile } from '../../src/storage/file-system.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { Disk, type Inode, statusOf, systemError } from './disk.ts';
import type { Random } from './random.ts';

/** What befalls an operation. `lost answer`: it is done, and says that it isn't. */
export type Fault = 'fails' | 'lost answer' | 'late' | 'kill before' | 'kill after' | 'power';

/** An operation that a program asked for and that hasn't happened yet. */
interface Operation {
  readonly program: Program;
  readonly action: string;
  readonly path: string;
  notBefore: number;
  /** Does it. */
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A running program; once it was killed nothing that it asked for happens any more. */
export interface Program {
  readonly name: string;
  isAlive: boolean;
}

/** What may fail, and how. Reading can only fail; a wait can't even do that. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  open: ['EIO', 'EMFILE'],
  create: ['ENOSPC', 'EIO', 'EMFILE'],
  read: ['EIO'],
  readdir: ['EIO'],
  write: ['ENOSPC', 'EIO'],
  sync: ['EIO', 'ENOSPC'],
  link: ['EIO', 'EBUSY', 'ENOSPC'],
  unlink: ['EBUSY', 'EIO'],
  mkdir: ['ENOSPC', 'EIO'],
  'remote read': ['ECONNRESET'],
  'remote list': ['ECONNRESET'],
  'remote create': ['ECONNRESET'],
};
/** Many times what a schedule takes. */
const MOST_STEPS = 40_000;
const CHANGING = new Set(['create', 'write', 'sync', 'link', 'unlink', 'mkdir', 'remote create']);

/** What a shared store holds. */
export interface Blobs {
  get(key: string): Uint8Array | undefined;
  has(key: string): boolean;
  put(key: string, bytes: Uint8Array): void;
  keys(): string[];
}

export interface WorldOptions {
  readonly random: Random;
  /** What befalls the operation with this number, of those that change something or read. */
  readonly faultAt: (step: number, action: string) => Fault | undefined;
  readonly onKilled: (program: Program) => void;
  readonly onPowerFailed: () => void;
  readonly trace?: (line: string) => void;
}

/** One machine: a disk, a clock, and programs of which the scheduler lets one go one operation further at a time. */
export class World {
  readonly disk = new Disk();
  readonly #options: WorldOptions;
  #pending: Operation[] = [];
  #names = new Map<string, string>();
  now = Date.UTC(2026, 4, 3);
  steps = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  /** Lets the programs go on until none has anything left to do. */
  async run(): Promise<void> {
    for (;;) {
      // What a program does between two operations is done when the queue of microtasks is empty.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      const operation = this.#next();
      if (!operation) return;
      if (this.steps > MOST_STEPS) throw new Error('The programs never come to an end.');
      this.#perform(operation);
    }
  }

  kill(program: Program): void {
    program.isAlive = false;
    this.#pending = this.#pending.filter((operation) => operation.program !== program);
  }

  delay(program: Program, milliseconds: number): Promise<unknown> {
    return this.#ask(program, 'wait', '', () => undefined, this.now + milliseconds);
  }

  /** A store that several machines reach over a network. */
  remote(program: Program, blobs: Blobs, problem: () => Problem | undefined): ObjectStore {
    const ask = async <T>(action: string, key: string, run: () => T): Promise<T> => {
      let code = 'REMOTE_INTERRUPTED';
      try {
        return await this.#ask(program, action, key, () => {
          const why = problem();
          if (why === undefined) return run();
          if (why === 'expired') code = 'REMOTE_CREDENTIAL_EXPIRED';
          throw injected(why === 'expired' ? 'EACCES' : 'ENETUNREACH', key);
        });
      } catch (cause) {
        throw isInjected(cause) ? new RegistryError(code, 'The storage said no.', { cause }) : cause;
      }
    };
    const get = (key: string, maxBytes?: number) => ask('remote read', key, () => blobs.get(key)?.slice(0, maxBytes));
    return {
      get,
      getRange: async (key, offset, length) => (await get(key))?.slice(offset, offset + length),
      async getStream(key) {
        const bytes = await get(key);
        return bytes && oneChunk(bytes);
      },
      head: (key) =>
        ask('remote read', key, () => {
          const bytes = blobs.get(key);
          return bytes && { sizeBytes: bytes.length };
        }),
      putIfAbsent: (key, bytes) =>
        ask('remote create', key, () => {
          if (blobs.has(key)) return 'exists';
          blobs.put(key, bytes.slice());
          return 'created';
        }),
      list: (prefix, { after = '', until, limit } = {}) =>
        ask('remote list', prefix, () =>
          blobs
            .keys()
            .filter((key) => key.startsWith(prefix) && key > after && (until === undefined || key < until))
            .sort()
            .slice(0, limit),
        ),
    };
  }

  #ask<T>(program: Program, action: string, path: string, run: () => T, notBefore = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!program.isAlive) return;
      this.#pending.push({
        program,
        action,
        path,
        notBefore,
        run,
        // The value that comes is the one that `run` gave.
        resolve: resolve as (value: unknown) => void,
        reject,
      });
    });
  }

  #next(): Operation | undefined {
    if (this.#pending.length === 0) return undefined;
    this.now += 1;
    let ready = this.#pending.filter((operation) => operation.notBefore <= this.now);
    if (ready.length === 0) {
      this.now = Math.min(...this.#pending.map((operation) => operation.notBefore));
      ready = this.#pending.filter((operation) => operation.notBefore <= this.now);
    }
    return this.#options.random.pick(ready);
  }

  #perform(operation: Operation): void {
    const { program, action, path } = operation;
    const codes = CODES[action];
    const fault = codes && this.#options.faultAt(this.steps, action);
    if (codes) this.steps += 1;
    this.#options.trace?.(`${program.name} ${action} ${this.#shown(path)}${fault ? `: ${fault}` : ''}`);
    if (fault === 'late') {
      operation.notBefore = this.now + 1 + this.#options.random.below(400);
      return;
    }
    this.#pending.splice(this.#pending.indexOf(operation), 1);
    if (fault === 'power') {
      // It may or may not have come to it.
      if (this.#options.random.chance(0.5)) this.#attempt(operation);
      this.#options.onPowerFailed();
      return;
    }
    if (fault === 'kill before' || fault === 'kill after') {
      if (fault === 'kill after') this.#attempt(operation);
      this.kill(program);
      this.#options.onKilled(program);
      return;
    }
    if (codes && fault === 'lost answer' && CHANGING.has(action)) {
      this.#attempt(operation);
      // A network file system that repeats a link finds the name taken.
      const code = action === 'link' && this.#options.random.chance(0.5) ? 'EEXIST' : 'EIO';
      operation.reject(injected(code, path));
      return;
    }
    if (codes && fault !== undefined) {
      operation.reject(injected(this.#options.random.pick(codes), path));
      return;
    }
    const result = this.#attempt(operation);
    if ('error' in result) operation.reject(result.error);
    else operation.resolve(result.value);
  }

  #attempt(operation: Operation): { readonly value: unknown } | { readonly error: unknown } {
    try {
      return { value: operation.run() };
    } catch (error) {
      return { error };
    }
  }

  /** Temporary files have random names, which would make two traces of one schedule differ. */
  #shown(path: string): string {
    return path.replace(/\.tmp-.*/, (name) => {
      const shown = this.#names.get(name) ?? `.tmp-${this.#names.size + 1}`;
      this.#names.set(name, shown);
      return shown;
    });
  }

  /** The machine's file system as one program uses it. */
  fileSystem(program: Program): FileSystem {
    const { disk } = this;
    const ask = <T>(action: string, path: string, run: () => T) => this.#ask(program, action, path, run);
    const { random } = this.#options;
    return {
      open: (path, flags) =>
        flags === 'wx'
          ? ask('create', path, () => openFile(disk, disk.create(path), path, ask, random))
          : ask('open', path, () => openFile(disk, disk.open(path), path, ask, random)),
      link: (from, to) => ask('link', to, () => disk.link(from, to)),
      unlink: (path) => ask('unlink', path, () => disk.unlink(path)),
      mkdir: (folder) => ask('mkdir', folder, () => disk.mkdir(folder)),
      stat: (path) => ask('stat', path, () => statusOf(disk.open(path))),
      lstat: (path) => ask('stat', path, () => statusOf(disk.open(path))),
      isSameFile: (path, other) => ask('stat', path, () => disk.open(path) === disk.open(other)),
      readdir: (folder) =>
        ask('readdir', folder, () =>
          [...(disk.open(folder).entries ?? [])].map(([name, inode]) => ({ name, ...statusOf(inode) })),
        ),
      delay: (milliseconds) => this.delay(program, milliseconds),
    };
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

type Ask = <T>(action: string, path: string, run: () => T) => Promise<T>;

function openFile(disk: Disk, inode: Inode, path: string, ask: Ask, random: Random): OpenFile {
  return {
    read: (into, offset, length, position) =>
      ask('read', path, () => {
        const found = inode.bytes.subarray(position, position + length);
        into.set(found, offset);
        return { bytesRead: found.length };
      }),
    write: (chunk, offset, length) =>
      ask('write', path, () => {
        const isShort = length > 1 && random.chance(0.05);
        const bytesWritten = isShort ? 1 + random.below(length - 1) : length;
        disk.append(inode, chunk.subarray(offset, offset + bytesWritten));
        return { bytesWritten };
      }),
    sync: () => ask('sync', path, () => disk.flush(inode)),
    stat: () => ask('stat', path, () => statusOf(inode)),
    close: () => ask('close', path, () => undefined),
  };
}

const INJECTED = Symbol('injected');

function injected(code: string, path: string): Error {
  return Object.assign(systemError(code, path), { [INJECTED]: true });
}

/** True for an error that the world made, and for one that the program under test made of it. */
/** Why a machine gets nothing from the shared store now. */
export type Problem = 'offline' | 'expired';

export function isInjected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return INJECTED in error || isInjected(error.cause);
}
