import type { ByteSource, FileSet } from './file-set.ts';

/** The most of a file's beginning that a format may need to know its own. */
export const HEAD_BYTES = 4096;

/** The same set; the beginning of each file is read once, however many formats look at it. */
export function withCachedHeads(set: FileSet): FileSet {
  const heads = new Map<string, Promise<Uint8Array>>();
  return {
    files: set.files,
    problems: set.problems,
    async open(path) {
      const source = await set.open(path);
      const head = () => {
        const known = heads.get(path) ?? source.read(0, HEAD_BYTES);
        heads.set(path, known);
        return known;
      };
      return {
        sizeBytes: source.sizeBytes,
        read: async (offset, length) =>
          offset + length <= HEAD_BYTES
            ? (await head()).subarray(offset, offset + length)
            : source.read(offset, length),
        close: () => source.close(),
      } satisfies ByteSource;
    },
  };
}

/** The files whose name and first bytes (`HEAD_BYTES` at most) pass the tests; undefined where none do. */
export async function filesWith(
  set: FileSet,
  isNamed: (path: string) => boolean,
  isBegunBy?: (head: Uint8Array, path: string) => boolean,
): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  for (const { path } of set.files) {
    if (!isNamed(path)) continue;
    if (isBegunBy && !isBegunBy(await headOf(set, path), path)) continue;
    found.push(path);
  }
  return found.length > 0 ? found : undefined;
}

async function headOf(set: FileSet, path: string): Promise<Uint8Array> {
  const source = await set.open(path);
  try {
    return await source.read(0, HEAD_BYTES);
  } finally {
    await source.close();
  }
}
