import { join } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { isUlid } from '../../base/ids.ts';
import { readRegular } from '../../storage/regular-file.ts';
import { replaceFile } from '../../storage/replace-file.ts';
import { isAbsent, reading, writing } from '../../storage/system-errors.ts';

/** When the bytes of a version are brought into the remote. */
export const UPLOADS = ['on-register', 'on-promote'] as const;
export type Upload = (typeof UPLOADS)[number];

/** That a registry's folder belongs to a shared registry. */
export interface Attachment {
  readonly url: string;
  readonly registryId: string;
  readonly upload: Upload;
  /** The copy is only read, and the remote isn't asked any more. */
  readonly isDetached?: boolean;
}

const schema = v.object({
  url: v.string(),
  registryId: v.pipe(v.string(), v.check(isUlid)),
  upload: v.optional(v.picklist(UPLOADS), 'on-register'),
  isDetached: v.exactOptional(v.boolean()),
});

/** Undefined for a registry of this machine alone. Throws `ATTACHMENT_DAMAGED`. */
export async function readAttachment(dir: string): Promise<Attachment | undefined> {
  const file = fileOf(dir);
  const text = await reading(file, async () => {
    try {
      return await readRegular(file);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  });
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new RegistryError(
      'ATTACHMENT_DAMAGED',
      `${file}, which says where the shared registry is, can't be read. Delete it, and attach the registry again with \`model-registry remote add URL\`; nothing that waits to be shared is lost by that.`,
      { cause },
    );
  }
}

export async function writeAttachment(dir: string, attachment: Attachment): Promise<void> {
  const file = fileOf(dir);
  await writing(file, () => replaceFile(file, `${JSON.stringify(attachment, undefined, 2)}\n`));
}

/** Keeps the copy as it is, read-only. Returns the URL of the remote. Throws `NO_REMOTE`. */
export async function detachRemote(dir: string): Promise<string> {
  const attachment = await readAttachment(dir);
  if (!attachment || attachment.isDetached) {
    throw new RegistryError('NO_REMOTE', 'This registry is on this machine alone, so there is nothing to detach.');
  }
  await writeAttachment(dir, { ...attachment, isDetached: true });
  return attachment.url;
}

/** Where the copy of a shared registry's log is. Objects are beside it, in the registry's folder. */
export function copyDir(dir: string, registryId: string): string {
  return join(dir, 'shared', registryId);
}

function fileOf(dir: string): string {
  return join(dir, 'remote.json');
}
