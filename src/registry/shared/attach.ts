import { mkdir } from 'node:fs/promises';
import { isoTime } from '../../base/clock.ts';
import { RegistryError } from '../../base/errors.ts';
import { type NewId, newIdSource } from '../../base/ids.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { apartBuilder } from '../../catalog/bulk/build-apart.ts';
import { Catalog } from '../../catalog/catalog.ts';
import type { Author, Via } from '../../catalog/read-models/author.ts';
import { LocalAuthority } from '../../intents/local-authority.ts';
import { PendingQueue } from '../../intents/pending-queue.ts';
import { SharedLog } from '../../intents/shared-log.ts';
import { hashOfCommit } from '../../log/commit.ts';
import { copiedLog } from '../../log/copied-log.ts';
import { encodeFormatFile, MAX_FORMAT_BYTES } from '../../log/format-file.ts';
import { encodeIntent, type Intent } from '../../log/intent.ts';
import { readCommit, readFormat } from '../../log/log-reader.ts';
import type { RegistryState } from '../../rules/state.ts';
import { filesystemStore } from '../../storage/filesystem-store.ts';
import { FORMAT_KEY } from '../../storage/layout.ts';
import type { LocalStore, ObjectStore } from '../../storage/object-store.ts';
import { probeAtomicCreate } from '../../storage/probe.ts';
import type { LogHead } from '../api/log.ts';
import type { AttachReport } from '../api/sharing.ts';
import { refusedBy } from '../session.ts';
import { type OwnKey, signed, signedWhereKnown } from '../signing.ts';
import { copyDir, readAttachment, type Upload, writeAttachment } from './attachment.ts';
import { confirmRemote } from './confirmed.ts';
import { takeOver } from './old-log.ts';
import type { ConnectRemote } from './remote.ts';
import { folderOfRemote, remoteUrl } from './remote-url.ts';

export interface AttachOptions extends OperationOptions {
  /** The registry's folder; there has to be one. */
  readonly dir: string;
  readonly url: string;
  readonly author: Author;
  readonly via: Via;
  readonly connect: ConnectRemote;
  readonly upload?: Upload;
  /** What this person signs with, where a policy knows it. */
  readonly ownKey?: OwnKey;
  readonly clock: () => number;
  /** Where it is remembered that this person connected it; a folder of the user's outside the registry unless given. */
  readonly stateDir?: string;
  /** A commit that the shared log must have: a head that was pinned. */
  readonly pinned?: LogHead;
  /** The built `worker.js`, where long logs are applied in another process; here unless given. */
  readonly workerFile?: string | undefined;
  /** Says what would happen, and changes nothing. */
  readonly isPreview?: boolean;
}

/**
 * Makes the registry in `dir` a copy of the shared one at `url`, which is made where there is none. What the registry had is taken over:
 * it waits to be shared afterwards. Its own log is sealed and stays where it is. An interrupted call is finished by the next one.
 *
 * Throws `HEAD_NOT_PINNED`, `REMOTE_ATTACHED` where `dir` belongs to another shared registry, and what the remote answers (`REMOTE_…`).
 */
export async function attachRemote(options: AttachOptions): Promise<AttachReport> {
  const { dir, connect, clock, upload = 'on-register', isPreview = false } = options;
  const url = remoteUrl(options.url);
  const known = await readAttachment(dir);
  if (known && known.url !== url) {
    throw new RegistryError(
      'REMOTE_ATTACHED',
      `This registry is shared through ${known.url}. Detach it first: model-registry remote remove.`,
    );
  }
  const connection = await connect(url);
  const remote = connection.store;
  const local = await openLocal(dir, options.workerFile);
  try {
    const newId = newIdSource(clock);
    if (options.pinned) await checkPinned(remote, options.pinned, url);
    const format = await remoteFormat(options, url, remote, newId);
    if (format?.registryId === local.registryId) {
      throw new RegistryError(
        'REMOTE_SAME',
        'That is a copy of this very registry, made by copying files. Attach an empty container instead; the registry is taken over into it.',
      );
    }
    const registryId = format?.registryId ?? newId();
    const copied = await openCopy(options, local.store, registryId, format?.bytes);
    try {
      if (format && !isPreview) {
        const log = new SharedLog({ copy: copied.store, catalog: copied.catalog });
        await log.catchUp(remote, (seq) => options.onProgress?.({ step: `Reading commit ${seq}`, doneBytes: 0 }));
        if (options.pinned) await checkPinned(copied.store, options.pinned, url);
        await copied.catalog.save().catch(() => undefined);
      }
      const names =
        isPreview && format ? await remoteNames(copyDir(dir, registryId), remote, registryId, format.hash) : undefined;
      const target = {
        registryId,
        hasModel: (name: string) =>
          names?.has(name.toLowerCase()) ?? copied.catalog.state.modelByName(name) !== undefined,
      };
      if (!isPreview && !known) await seal(local, options, url, newId);
      const taken = await takeOver(
        local.store,
        { seq: local.catalog.position.seq, formatHash: local.formatHash },
        local.catalog,
        target,
        upload,
      );
      if (!isPreview && !known) {
        const queue = new PendingQueue(filesystemStore(copyDir(dir, registryId)), newId);
        const missing = taken.intents.filter(({ id }) => !copied.catalog.settled(id));
        const signedOnes = await signedForAll(missing, [local.catalog.state, copied.catalog.state], options.ownKey);
        await queue.addAll(signedOnes.map((intent) => ({ intent, line: encodeIntent(intent) })));
        await confirmRemote(dir, url, options.stateDir);
        await writeAttachment(dir, { url, registryId, upload });
      } else if (!isPreview && known) {
        await confirmRemote(dir, url, options.stateDir);
        if (known.isDetached) await writeAttachment(dir, { url, registryId, upload: options.upload ?? known.upload });
      }
      return {
        url,
        registryId,
        isNew: format === undefined || format.isNew,
        isPreview,
        upload: known?.upload ?? upload,
        models: known ? [] : taken.models,
        intents: known ? 0 : taken.intents.length,
      };
    } finally {
      copied.catalog.close();
    }
  } finally {
    local.catalog.close();
  }
}

/** Throws `HEAD_NOT_PINNED` unless the log has that very commit: whoever has it has the history that leads to it. */
async function checkPinned(store: ObjectStore, { seq, hash }: LogHead, url: string): Promise<void> {
  const commit = await readCommit(store, seq);
  if (commit && hashOfCommit(commit) === hash) return;
  throw new RegistryError(
    'HEAD_NOT_PINNED',
    `The registry at ${url} isn't the one that was pinned: its commit ${seq} is ${commit ? 'another one' : 'missing'}. Nothing was attached. Ask whoever manages the storage whether it was restored, cut short or replaced, or whether the URL is right.`,
    { details: { seq } },
  );
}

async function openLocal(dir: string, workerFile: string | undefined) {
  const store = filesystemStore(dir);
  const { format, hash } = await readFormat(store, dir);
  const { registryId } = format;
  const buildApart = apartBuilder(workerFile, { dir, logDir: dir, registryId, formatHash: hash });
  const catalog = await Catalog.open({ dir, store, registryId, formatHash: hash, buildApart });
  await catalog.catchUp();
  return { store, catalog, registryId, formatHash: hash };
}

/** `format.json` of the remote; a new one where it is empty. Undefined in a preview of an empty one. */
async function remoteFormat(
  { isPreview, clock }: AttachOptions,
  url: string,
  remote: Awaited<ReturnType<ConnectRemote>>['store'],
  newId: NewId,
) {
  const folder = folderOfRemote(url);
  let isNew = false;
  if (!(await remote.head(FORMAT_KEY)) && (await remote.list('log/', { limit: 1 })).length === 0) {
    if (isPreview) return undefined;
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true });
      await probeAtomicCreate(folder);
    }
    const made = { format: 1, registryId: newId(), created: isoTime(clock()), requires: [] } as const;
    isNew = (await remote.putIfAbsent(FORMAT_KEY, encodeFormatFile(made))) === 'created';
  }
  const { format, hash } = await readFormat(remote, url);
  const bytes = await remote.get(FORMAT_KEY, MAX_FORMAT_BYTES);
  return { registryId: format.registryId, hash, bytes, isNew };
}

async function openCopy(
  { dir, workerFile, isPreview = false }: AttachOptions,
  objects: LocalStore,
  registryId: string,
  format: Uint8Array | undefined,
) {
  const folder = copyDir(dir, registryId);
  const store = copiedLog(filesystemStore(folder), objects);
  if (format && !isPreview) await store.putIfAbsent(FORMAT_KEY, format);
  const formatHash = format && !isPreview ? (await readFormat(store, folder)).hash : '0'.repeat(64);
  const buildApart = apartBuilder(workerFile, { dir, logDir: folder, registryId, formatHash });
  const catalog = await Catalog.open({ dir: folder, store, registryId, formatHash, buildApart });
  await catalog.catchUp();
  return { store, catalog };
}

/** Names of the models that a remote has, without keeping a copy of it. */
async function remoteNames(
  dir: string,
  remote: Awaited<ReturnType<ConnectRemote>>['store'],
  registryId: string,
  formatHash: string,
): Promise<ReadonlySet<string>> {
  const catalog = await Catalog.open({ dir, store: remote, registryId, formatHash });
  try {
    await catalog.catchUp();
    return new Set(
      catalog.db.all('SELECT name_key FROM models WHERE deleted_seq IS NULL').map((row) => String(row.name_key)),
    );
  } finally {
    catalog.close();
  }
}

/** What is taken over comes in new words, which whoever takes it over signs where a policy on either side knows their key. */
async function signedForAll(
  intents: readonly Intent[],
  states: readonly RegistryState[],
  own: OwnKey | undefined,
): Promise<readonly Intent[]> {
  const signers = states.flatMap((state) => state.policies().flatMap(({ signers = [] }) => signers));
  const key = own && signers.length > 0 ? await own.publicKey() : undefined;
  if (!own || key === undefined || !signers.some((signer) => signer.key === key)) return intents;
  const all: Intent[] = [];
  for (const intent of intents) all.push(await signed(intent, own, key));
  return all;
}

/** So that every other window and process notices, and nothing is added to the old log that nobody takes over. */
async function seal(
  local: Awaited<ReturnType<typeof openLocal>>,
  { author, via, clock, ownKey }: AttachOptions,
  url: string,
  newId: NewId,
): Promise<void> {
  const { store, catalog, registryId } = local;
  if (catalog.state.isSealed()) return;
  const authority = new LocalAuthority({ store, catalog, clock });
  const intent: Intent = {
    id: newId(),
    registryId,
    by: { name: author.name, email: author.email },
    askedAt: isoTime(clock()),
    via,
    requires: [],
    expects: {},
    events: [{ type: 'registry.sealed', reason: `Shared through ${url}` }],
  };
  const result = await authority.submit(await signedWhereKnown(catalog, intent, ownKey));
  if (result.kind === 'refused' && result.outcome.kind === 'void' && result.outcome.code === 'SIGNATURE_NEEDED')
    throw refusedBy(result.outcome);
  if (result.kind === 'applied' || catalog.state.isSealed()) return;
  throw new RegistryError('SEAL_REFUSED', 'The local registry could not be sealed. Nothing was changed; try again.');
}
