import { realpath } from 'node:fs/promises';
import { inlineByteService, workerByteService } from '../artifacts/byte-service.ts';
import { isoTime, systemClock } from '../base/clock.ts';
import { type NewId, newIdSource } from '../base/ids.ts';
import { apartBuilder } from '../catalog/bulk/build-apart.ts';
import { Catalog } from '../catalog/catalog.ts';
import type { Author, Via } from '../catalog/read-models/author.ts';
import { LocalAuthority } from '../intents/local-authority.ts';
import { PendingQueue } from '../intents/pending-queue.ts';
import { SharedAuthority } from '../intents/shared-authority.ts';
import { copiedLog } from '../log/copied-log.ts';
import { encodeFormatFile, formatMissing } from '../log/format-file.ts';
import { readFormat } from '../log/log-reader.ts';
import { inlineInspector, threadInspector } from '../modelfiles/inspector.ts';
import { inlineStatistician, threadStatistician } from '../predictions/statistician.ts';
import { filesystemStore } from '../storage/filesystem-store.ts';
import { FORMAT_KEY } from '../storage/layout.ts';
import { makeFolders } from '../storage/make-folders.ts';
import type { LocalStore } from '../storage/object-store.ts';
import { probeAtomicCreate } from '../storage/probe.ts';
import { quickFileSystem } from '../storage/quick-file-system.ts';
import { writing } from '../storage/system-errors.ts';
import type { Registry } from './api/registry.ts';
import { OpenRegistry } from './open-registry.ts';
import { seenHeadFor } from './seen-head.ts';
import { type Attachment, copyDir, readAttachment } from './shared/attachment.ts';
import { checkConfirmed } from './shared/confirmed.ts';
import { remoteConnector } from './shared/connect.ts';
import { publisherFor } from './shared/publisher.ts';
import type { ConnectRemote } from './shared/remote.ts';
import { ServingReports } from './shared/serving-reports.ts';
import { SharedRegistry } from './shared/shared-registry.ts';
import type { OwnKey } from './signing.ts';

/** A command looks into a model once, and then copies it: until then the thread's memory is free again. */
const INSPECTOR_IDLE_MS = 20;

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
  /** Shared storage that this person named just now; other has to be connected with the folder before. */
  readonly confirmedUrl?: string;
  /** How shared storage is reached; by what the environment says unless given. */
  readonly connect?: ConnectRemote;
  /** What this person signs with, where a policy knows it. */
  readonly ownKey?: OwnKey;
}

/**
 * Opens an existing registry: where it is shared, this machine's copy of the shared one. Nothing is asked of the remote for that. Throws
 * `REGISTRY_NOT_FOUND`, `FORMAT_NEWER`, `FORMAT_DAMAGED`, `ATTACHMENT_DAMAGED`.
 */
export async function openRegistry(options: OpenOptions): Promise<Registry> {
  const { dir, author, via, workerFile, clock = systemClock, stateDir, ownKey } = options;
  const attachment = await readAttachment(dir);
  const logDir = attachment ? copyDir(dir, attachment.registryId) : dir;
  const objects = filesystemStore(dir, quickFileSystem);
  const log = attachment ? filesystemStore(logDir, quickFileSystem) : objects;
  const store = attachment ? copiedLog(log, objects) : objects;
  const { format, hash } = await readFormat(store, logDir);
  const { registryId } = format;
  const catalog = await Catalog.open({
    dir: logDir,
    store,
    registryId,
    formatHash: hash,
    buildApart: apartBuilder(workerFile, { dir, logDir, registryId, formatHash: hash }),
  });
  const newId = newIdSource(clock);
  const { connect = remoteConnector({ clock, env: process.env }) } = options;
  const isNamed = attachment?.url === options.confirmedUrl;
  const confirmed = async () => (attachment && !isNamed ? checkConfirmed(dir, attachment.url, stateDir) : undefined);
  const shared =
    attachment && openShared({ attachment, catalog, store, log, connect, checkConfirmed: confirmed, clock, newId });
  return new OpenRegistry({
    location: { dir, registryId, logDir, ...(attachment ? { remoteUrl: attachment.url } : {}) },
    author: { name: author.name, email: author.email },
    via,
    clock,
    newId,
    store,
    catalog,
    formatHash: hash,
    ...(shared ? { shared } : {}),
    ...(ownKey ? { ownKey } : {}),
    reports: new ServingReports({
      dir: logDir,
      store: async () => shared?.remote() ?? store,
      clock: () => shared?.now() ?? clock(),
    }),
    authority: shared?.authority ?? new LocalAuthority({ store, catalog, clock }),
    statistician: workerFile === undefined ? inlineStatistician() : threadStatistician({ workerFile }),
    inspector:
      workerFile === undefined ? inlineInspector() : threadInspector({ workerFile, idleMs: INSPECTOR_IDLE_MS }),
    bytes: workerFile === undefined ? inlineByteService(dir) : workerByteService({ storeDir: dir, workerFile }),
    seenHead: await seenHeadFor(logDir, registryId, stateDir),
    recordListeners: new Set(),
  });
}

function openShared(options: {
  readonly attachment: Attachment;
  readonly catalog: Catalog;
  readonly store: LocalStore;
  readonly log: LocalStore;
  readonly connect: ConnectRemote;
  readonly checkConfirmed: () => Promise<void>;
  readonly clock: () => number;
  readonly newId: NewId;
}): SharedRegistry {
  const { attachment, catalog, store, log, connect, clock, newId } = options;
  const queue = new PendingQueue(log, newId);
  return new SharedRegistry(
    { attachment, catalog, queue, connect, checkConfirmed: options.checkConfirmed, clock },
    (shared) => {
      const remote = () => shared.remote();
      const publisher = publisherFor({ local: store, remote, catalog, clock });
      return new SharedAuthority({ copy: store, catalog, queue, publisher, remote, clock: () => shared.now() });
    },
  );
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
    await makeFolders(options.dir);
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
