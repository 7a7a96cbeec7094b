import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import type { Author } from '../../../src/catalog/read-models/author.ts';
import type { LogHead } from '../../../src/registry/api/log.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../../src/registry/open.ts';
import { attachRemote } from '../../../src/registry/shared/attach.ts';
import type { ConnectRemote, RemoteStats } from '../../../src/registry/shared/remote.ts';
import type { OwnKey } from '../../../src/registry/signing.ts';
import { memoryStore } from '../../../src/storage/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { ANN } from '../opened.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

export const URL = 'https://contoso.blob.core.windows.net/models';

/** Shared storage that counts what it is asked, and that can be cut off. */
export interface SharedStorage {
  readonly store: ObjectStore;
  readonly connect: ConnectRemote;
  isReachable: boolean;
  stats(): RemoteStats;
  /** Keys of what was created, with the bytes that were sent for it, in order. */
  readonly puts: { readonly key: string; readonly sizeBytes: number; readonly isNew: boolean }[];
}

export function sharedStorage(clock: () => number = Date.now, store: ObjectStore = memoryStore()): SharedStorage {
  let requests = 0;
  let sentBytes = 0;
  let receivedBytes = 0;
  const puts: SharedStorage['puts'] = [];
  const ask = async <T>(request: () => Promise<T>): Promise<T> => {
    if (!storage.isReachable) throw new RegistryError('REMOTE_UNREACHABLE', 'The host can’t be reached.');
    requests += 1;
    return request();
  };
  const counted: ObjectStore = {
    get: (key, maxBytes) =>
      ask(async () => {
        const bytes = await store.get(key, maxBytes);
        receivedBytes += bytes?.length ?? 0;
        return bytes;
      }),
    getRange: (key, offset, length) => ask(() => store.getRange(key, offset, length)),
    getStream: (key) => ask(() => store.getStream(key)),
    head: (key) => ask(() => store.head(key)),
    list: (prefix, options) => ask(() => store.list(prefix, options)),
    putIfAbsent: (key, bytes) =>
      ask(async () => {
        sentBytes += bytes.length;
        const outcome = await store.putIfAbsent(key, bytes);
        puts.push({ key, sizeBytes: bytes.length, isNew: outcome === 'created' });
        return outcome;
      }),
  };
  const stats = () => ({ requests, sentBytes, receivedBytes });
  const storage: SharedStorage = {
    store,
    isReachable: true,
    puts,
    stats,
    connect: async () => ({ store: counted, now: clock, stats }),
  };
  return storage;
}

/** One person's machine, with a registry of its own at first. */
export interface Machine {
  readonly dir: string;
  readonly registryDir: string;
  attach(options?: {
    readonly isPreview?: boolean;
    readonly upload?: 'on-register' | 'on-promote';
    readonly pinned?: LogHead;
  }): ReturnType<typeof attachRemote>;
  open(options?: { readonly clock?: () => number }): Promise<Registry>;
  write(path: string, content: string | Uint8Array): Promise<string>;
}

export async function machine(
  storage: SharedStorage,
  {
    author = ANN,
    clock = Date.now,
    ownKey,
  }: { readonly author?: Author; readonly clock?: () => number; readonly ownKey?: OwnKey } = {},
): Promise<Machine> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-shared-'));
  ends.push(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  const registryDir = join(dir, 'registry');
  await initRegistry({ dir: registryDir });
  const { connect } = storage;
  return {
    dir,
    registryDir,
    attach: (options = {}) =>
      attachRemote({
        dir: registryDir,
        url: URL,
        author,
        via: 'cli',
        clock,
        connect,
        stateDir: join(dir, 'state'),
        ...(ownKey ? { ownKey } : {}),
        ...options,
      }),
    async open(options = {}) {
      const registry = await openRegistry({
        dir: registryDir,
        author,
        via: 'cli',
        stateDir: join(dir, 'state'),
        connect,
        clock: options.clock ?? clock,
        ...(ownKey ? { ownKey } : {}),
      });
      ends.push(() => registry.close());
      return registry;
    },
    async write(path, content) {
      const file = join(dir, path);
      await writeFile(file, content);
      return file;
    },
  };
}

/** Registers a version of `fraud` that holds `content`. */
export async function registerFraud(on: Machine, registry: Registry, content: string | Uint8Array, run?: string) {
  const file = await on.write('model.bin', content);
  const result = await registry.register({
    model: 'fraud',
    paths: [file],
    metrics: { auc: 0.9 },
    ...(run === undefined ? {} : { run: { id: run } }),
  });
  return result.version;
}
