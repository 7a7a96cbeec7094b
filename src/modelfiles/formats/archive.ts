import { filesWith } from '../cached-heads.ts';
import { judgeArchive } from '../danger/judge-archive.ts';
import { dangerReport, notLookedInto } from '../danger/report.ts';
import type { ModelFacts } from '../facts.ts';
import { type ByteSource, type FileSet, withFile } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { mergeFacts } from '../merge-facts.ts';
import { metadataOf } from '../metadata.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { compressionOf } from '../read/unpack.ts';
import { isZip, readZip } from '../read/zip.ts';
import { isTorchHead } from './pytorch.ts';

/** Archives that no framework's format claims: pickles in them are looked for, and what can't be unpacked here is said to be so. */
export const archive: ModelFormat = {
  id: 'archive',
  label: 'Archive',
  recognise: async (set) => {
    const named =
      (await filesWith(
        set,
        (path) => /\.(zip|7z|rar|tar|tgz|mar)$/.test(path),
        (head) => !isTorchHead(head),
      )) ?? [];
    const disguised =
      (await filesWith(
        set,
        (path) => /\.(pkl|pickle|p|pk|joblib|bin|pt|pth|ckpt|model|dat)$/.test(path),
        (head) => kindOf(head) !== undefined && !isTorchHead(head),
      )) ?? [];
    const found = [...named, ...disguised].sort();
    return found.length > 0 ? found : undefined;
  },
  completeness: async (set, paths): Promise<Completeness> => {
    let isCertain = true;
    for (const path of paths)
      await withFile(set, path, async (source) => {
        if (isZip(await source.read(0, 4))) await readZip(source, path);
        else isCertain = false;
      });
    return { kind: isCertain ? 'complete' : 'plausible' };
  },
  facts: async (set: FileSet, paths) => {
    const parts: ModelFacts[] = [];
    for (const path of paths) parts.push(await withFile(set, path, (source) => factsOf(source, path)));
    return mergeFacts(parts) ?? { format: 'archive' };
  },
};

function kindOf(head: Uint8Array): string | undefined {
  if (isZip(head)) return 'zip';
  const start = Buffer.from(head.subarray(0, 300)).toString('latin1');
  if (start.startsWith('7z\xbc\xaf\x27\x1c')) return '7z';
  if (start.startsWith('Rar!')) return 'rar';
  return start.slice(257, 262) === 'ustar' ? 'tar' : undefined;
}

async function factsOf(source: ByteSource, path: string): Promise<ModelFacts> {
  const head = await source.read(0, 300);
  const kind = kindOf(head) ?? compressionOf(head) ?? 'unknown kind';
  if (kind !== 'zip')
    return {
      format: 'archive',
      metadata: { archive: kind },
      danger: dangerReport([notLookedInto({ path }, `it is an archive of ${kind}, which isn’t unpacked here`)]),
    };
  try {
    const zip = await readZip(source, path);
    const entries = zip.entries.slice(0, 200).map(({ name, sizeBytes }) => [name, `${sizeBytes} bytes`] as const);
    return {
      format: 'archive',
      metadata: { archive: 'zip', ...metadataOf(entries) },
      danger: dangerReport(await judgeArchive(zip, path)),
      ...(zip.problems.length > 0 ? { problems: zip.problems } : {}),
    };
  } catch (error) {
    const why = whyInvalid(error);
    if (why === undefined) throw error;
    return { format: 'archive', danger: dangerReport([notLookedInto({ path }, why)]), problems: [`${path}: ${why}`] };
  }
}
