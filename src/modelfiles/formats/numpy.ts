import { filesWith } from '../cached-heads.ts';
import { dangerReport } from '../danger/report.ts';
import { walkAndJudge } from '../danger/walk-and-judge.ts';
import type { DangerFinding, ModelFacts, TensorFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type ByteSource, type FileSet, withFile } from '../file-set.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { bytesSource, windowOf } from '../read/window.ts';
import { readZip, type ZipArchive, type ZipEntry } from '../read/zip.ts';
import { TensorList } from '../tensors.ts';
import { type NpyHeader, readNpyHeader } from './npy-header.ts';

const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;

/** Arrays as `numpy.save` and `numpy.savez` write them (numpy/lib/format.py). Arrays of objects are pickles. */
export const numpy: ModelFormat = {
  id: 'numpy',
  label: 'NumPy',
  recognise: (set) => filesWith(set, (path) => /\.np[yz]$/.test(path)),
  completeness: async (set, paths): Promise<Completeness> => {
    for (const path of paths) {
      const why = await withFile(set, path, (source) => whyIncomplete(source, path));
      if (why !== undefined) return { kind: 'incomplete', path, why };
    }
    return { kind: 'complete' };
  },
  facts: async (set: FileSet, paths) => {
    const parts: ModelFacts[] = [];
    for (const path of paths) parts.push(await withFile(set, path, (source) => factsOf(source, path)));
    return mergeFacts(parts) ?? { format: 'numpy' };
  },
};

async function whyIncomplete(source: ByteSource, path: string): Promise<string | undefined> {
  if (path.endsWith('.npz')) {
    await readZip(source, path);
    return undefined;
  }
  const header = await readNpyHeader(source, path);
  const needed = header.dataBytes === undefined ? header.offset + 1 : header.offset + header.dataBytes;
  return needed > source.sizeBytes ? `it is ${source.sizeBytes} bytes long, and its header says ${needed}` : undefined;
}

async function factsOf(source: ByteSource, path: string): Promise<ModelFacts> {
  const tensors = new TensorList();
  const findings: DangerFinding[] = [];
  const problems: string[] = [];
  if (path.endsWith('.npz')) {
    const zip = await readZip(source, path);
    problems.push(...zip.problems);
    for (const entry of zip.entries) {
      if (!entry.name.endsWith('.npy')) continue;
      const opened = await openEntry(zip, entry);
      const header = await readNpyHeader(opened.source, `${path}: ${entry.name}`);
      tensors.add(tensorOf(entry.name.slice(0, -'.npy'.length), header, { path, ...opened }));
      findings.push(...(await judged(opened.source, header, { path, member: entry.name })));
    }
  } else {
    const header = await readNpyHeader(source, path);
    const name = path.slice(path.lastIndexOf('/') + 1, -'.npy'.length);
    tensors.add(tensorOf(name, header, { path, source, offset: 0 }));
    findings.push(...(await judged(source, header, { path })));
  }
  problems.push(...tensors.problems());
  return factsFrom('numpy', {
    framework: { name: 'NumPy' },
    ...tensors.facts(),
    danger: dangerReport(findings),
    problems,
  });
}

/** An entry, and where it begins in the file if it stands there as it is. Of compressed ones a beginning is enough for the header. */
async function openEntry(
  zip: ZipArchive,
  given: ZipEntry,
): Promise<{ readonly source: ByteSource; readonly offset?: number }> {
  const entry = { ...given, isEncrypted: false };
  return entry.isStored
    ? zip.openStored(entry)
    : { source: bytesSource(await zip.readEntry(entry, MAX_UNPACKED_BYTES)) };
}

function tensorOf(
  name: string,
  header: NpyHeader,
  { path, source, offset }: { readonly path: string; readonly source: ByteSource; readonly offset?: number },
): TensorFacts {
  const { dtype, shape, isPlain, dataBytes } = header;
  const facts = { name, dtype, shape };
  const isThere = isPlain && dataBytes !== undefined && header.offset + dataBytes <= source.sizeBytes;
  if (!isThere || offset === undefined) return facts;
  return { ...facts, place: { path, offset: offset + header.offset, sizeBytes: dataBytes } };
}

/** `numpy.load` unpickles arrays of objects where its caller allows it. */
async function judged(
  source: ByteSource,
  header: NpyHeader,
  place: { readonly path: string; readonly member?: string },
) {
  if (!header.holdsObjects) return [];
  const walk = await walkAndJudge(windowOf(source, header.offset, source.sizeBytes), place);
  return walk.findings.map((finding) =>
    finding.offset === undefined ? finding : { ...finding, offset: finding.offset + header.offset },
  );
}
