import { mkdir } from 'node:fs/promises';
import { RegistryError } from '../../base/errors.ts';
import { MAX_FORMAT_BYTES } from '../../log/format-file.ts';
import { readFormat } from '../../log/log-reader.ts';
import { filesystemStore } from '../../storage/filesystem-store.ts';
import { FORMAT_KEY } from '../../storage/layout.ts';
import { copyDir, readAttachment, writeAttachment } from './attachment.ts';
import type { ConnectRemote } from './remote.ts';
import { remoteUrl } from './remote-url.ts';

/**
 * Makes `dir` a copy of the shared registry at `url`, for machines that have none of their own. Nothing is written to the remote, which
 * needs to permit reading and listing only. Harmless where it is one already. Throws `REMOTE_ATTACHED` where it is one of another,
 * `REGISTRY_NOT_FOUND` where there is no registry, and what the remote answers (`REMOTE_…`).
 */
export async function makeReadCopy(options: {
  readonly dir: string;
  readonly url: string;
  readonly connect: ConnectRemote;
}): Promise<void> {
  const { dir, connect } = options;
  const url = remoteUrl(options.url);
  const known = await readAttachment(dir).catch(() => undefined);
  if (known?.url === url) return;
  if (known) {
    throw new RegistryError(
      'REMOTE_ATTACHED',
      `${dir} holds a copy of ${known.url}. Choose another folder with --cache.`,
    );
  }
  const { store } = await connect(url);
  const { format } = await readFormat(store, url);
  const bytes = await store.get(FORMAT_KEY, MAX_FORMAT_BYTES);
  if (!bytes) throw new RegistryError('REGISTRY_NOT_FOUND', `There is no registry in ${url}.`);
  await mkdir(dir, { recursive: true });
  const { registryId } = format;
  await filesystemStore(copyDir(dir, registryId)).putIfAbsent(FORMAT_KEY, bytes);
  await writeAttachment(dir, { url, registryId, upload: 'on-promote' });
}
