import { judgeArchive, judgeEntry } from '../danger/judge-archive.ts';
import { dangerReport, notLookedInto } from '../danger/report.ts';
import type { DangerFinding, ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import type { ByteSource } from '../file-set.ts';
import { withReadAhead } from '../read/read-ahead.ts';
import { readZip, type ZipArchive, type ZipEntry } from '../read/zip.ts';
import { TensorList } from '../tensors.ts';
import { readCheckpoint } from './pytorch-checkpoint.ts';
import { addTensors, makeTensor, type StoragePlace, storageKeys } from './pytorch-tensors.ts';

/** Reads what `torch.save` writes since 1.6: a zip archive of a pickle and the storages that it names (torch/serialization.py). */
export async function readTorchZip(source: ByteSource, path: string): Promise<ModelFacts> {
  const zip = await readZip(withReadAhead(source), path);
  const main = zip.entries.filter(({ name }) => /^([^/]+\/)?data\.pkl$/.test(name)).at(-1);
  if (main === undefined)
    return factsFrom('pytorch', {
      danger: dangerReport([
        ...(await judgeArchive(zip, path)),
        notLookedInto({ path }, 'its archive has no data.pkl where PyTorch puts it'),
      ]),
      problems: [`${path} has no data.pkl in its archive`, ...zip.problems],
    });
  const root = main.name.slice(0, -'data.pkl'.length);
  const problems = [...zip.problems];
  const findings: DangerFinding[] = [];
  const tensors = new TensorList();
  const walk = await judgeEntry(zip, main, path, makeTensor);
  // TorchScript's constants, and what somebody hid. Storages aren't loaded as pickles.
  const isOther = (entry: ZipEntry) => entry !== main && !entry.name.startsWith(`${root}data/`);
  findings.push(...walk.findings, ...(await judgeArchive(zip, path, isOther)));
  if (walk.isPartial) problems.push(`${path} has more in its pickle than is kept: tensors are missing here`);
  const isScript = zip.entries.some(({ name }) => name.startsWith(`${root}code/`));
  if (isScript)
    findings.push({
      verdict: 'unknown',
      what: 'TorchScript code',
      why: 'runs in PyTorch’s interpreter when the model is loaded and used; it is listed in the archive under code/',
      path,
      member: `${root}code/`,
    });
  const { facts, tensors: found } = readCheckpoint(walk.pickles[0]?.root ?? null);
  const [version, byteOrder] = [await smallText(zip, `${root}version`), await smallText(zip, `${root}byteorder`)];
  if (byteOrder !== 'big') {
    const places = new Map<string, StoragePlace>();
    for (const key of storageKeys(found)) {
      const entry = zip.find(`${root}data/${key}`) ?? zip.find(`${root}tensors/${key}`);
      if (entry?.isStored !== true) continue;
      const { offset } = await zip.openStored(entry);
      places.set(key, { path, offset, sizeBytes: entry.sizeBytes });
    }
    addTensors(tensors, found, (key) => places.get(key), problems);
  } else {
    for (const [name, { dtype, shape }] of found) tensors.add({ name, dtype, shape });
  }
  problems.push(...tensors.problems());
  return factsFrom('pytorch', {
    formatVersion: version,
    ...facts,
    ...tensors.facts(),
    danger: dangerReport(findings),
    metadata: [...(isScript ? ([['archive', 'TorchScript']] as const) : []), ...Object.entries(facts.metadata ?? {})],
    problems,
  });
}

async function smallText(zip: ZipArchive, name: string): Promise<string | undefined> {
  const entry = zip.find(name);
  if (entry === undefined || entry.sizeBytes > 100) return undefined;
  return Buffer.from(await zip.readEntry({ ...entry, isEncrypted: false }, 100))
    .toString('latin1')
    .trim();
}
