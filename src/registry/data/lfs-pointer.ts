import type { DataLineage } from '../../catalog/read-models/lineage.ts';
import { smallText } from './small-file.ts';

/** A pointer is shorter (git-lfs, docs/spec.md). */
const MAX_BYTES = 1024;

/** What the pointer that git-lfs left in place of a file says of it: digest and size. Undefined where the file is no pointer. */
export async function readLfsPointer(source: string): Promise<Omit<DataLineage, 'path'> | undefined> {
  const text = await smallText(source, MAX_BYTES);
  if (!text?.startsWith('version https://git-lfs.github.com/spec/v1\n')) return undefined;
  const sha256 = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  if (sha256 === undefined || size === undefined) return undefined;
  return { kind: 'lfs', sha256, sizeBytes: Number(size) };
}
