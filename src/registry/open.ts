import { mkdir, realpath } from 'node:fs/promises';
import { inlineByteService, workerByteService } from '../artifacts/byte-service.ts';
import { isoTime, systemClock } from '../base/clock.ts';
import { newIdSource } from '../base/ids.ts';
import { Catalog } from '../catalog/catalog.ts';
import { LocalAuthority } from '../intents/authority.ts';
import { encodeFormatFile, formatMissing } from '../log/format-file.ts';
import { readFormat } from '../log/log-reader.ts';
import { filesystemStore } from '../storage/filesystem-store.ts';
import { FORMAT_KEY } from '../storage/layout.ts';
import { probeAtomicCreate } from '../storage/probe.ts';
import { writing } from '../storage/system-errors.ts';
import type { Author, Registry, Via } from './api.ts';
import { OpenRegistry } from './open-registry.ts';
import { seenHeadFor } from './seen-head.ts';

export interface OpenOptions {
  /** The folder that holds `format.json`. */
  readonly dir: string;
  readonly author: Author;
  readonly via: Via;
  /** The built `worker.js`. Without it, bytes are hashed and copied on the calling thread. */
  readonly workerFile?: string;
  readonly clock?: () => number;
  /** Where the newest commit seen is remembered; a folder of the user's outside the registry unless given. */
  readonly stateDir?: string;
}

/** Opens an existing registry. Throws `REGISTRY_NOT_FOUND`, `FORMAT_NEWER`, `FORMAT_DAMAGED`. */
export async function openRegistry(options: OpenOptions): Promise<Registry> {
  const { dir, author, via, workerFile, clock = systemClock, stateDir } = options;
  const store = filesystemStore(dir);
  const { format, hash } = await readFormat(store, dir);
  const { registryId } = format;
  const catalog = await Catalog.open({ dir, store, registryId, formatHash: hash });
  return new OpenRegistry({
    location: { dir, registryId },
    author: { name: author.name, email: author.email },
    via,
    clock,
    newId: newIdSource(clock),
    store,
    catalog,
    authority: new LocalAuthority({ store, catalog, clock }),
    bytes: workerFile === undefined ? inlineByteService(dir) : workerByteService({ storeDir: dir, workerFile }),
    seenHead: await seenHeadFor(dir, registryId, stateDir),
  });
}

/**
 * Makes a registry in `dir`, or finds the one that is there (`isNew: false`).
 * Throws `NO_ATOMIC_CREATE` where the file system can't create a file exclusively and atomically, and `STORAGE_READONLY`, `STORAGE_FULL` or
 * `STORAGE_FAILED` where nothing can be written.
 */
export async function initRegistry(options: {
  readonly dir: string;
  readonly clock?: () => number;
}): Promise<{ readonly dir: string; readonly registryId: string; readonly isNew: boolean }> {
  const { clock = systemClock } = options;
  const dir = await writing(options.dir, async () => {
    await mkdir(options.dir, { recursive: true });
    return realpath(options.dir);
  });
  const store = filesystemStore(dir);
  if (await store.head(FORMAT_KEY)) {
    const { format } = await readFormat(store, dir);
    return { dir, registryId: format.registryId, isNew: false };
  }
  if ((await store.list('log/', { limit: 1 })).length > 0) throw formatMissing(dir);
  await probeAtomicCreate(dir);
  const registryId = newIdSource(clock)();
  const outcome = await store.putIfAbsent(
    FORMAT_KEY,
    encodeFormatFile({ format: 1, registryId, created: isoTime(clock()), requires: [] }),
  );
  const { format } = await readFormat(store, dir);
  return { dir, registryId: format.registryId, isNew: outcome === 'created' };
}
