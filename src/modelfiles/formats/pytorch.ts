import { basename } from 'node:path/posix';
import { filesWith } from '../cached-heads.ts';
import { dangerReport, notLookedInto } from '../danger/report.ts';
import type { ModelFacts } from '../facts.ts';
import { type ByteSource, type FileSet, withFile } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { looksLikePickle } from '../pickle/looks-like-pickle.ts';
import { isZip, readZip } from '../read/zip.ts';
import { TensorList } from '../tensors.ts';
import { pickleCompleteness } from './pickle-completeness.ts';
import { pickleFacts } from './pickle-facts.ts';
import { legacyFacts, readLegacy } from './pytorch-legacy.ts';
import { readTorchZip } from './pytorch-zip.ts';
import { readShardIndex } from './safetensors-index.ts';

/** What `torch.save`, `torch.jit.save` and Lightning write: an archive since PyTorch 1.6, pickles one behind the other before. */
export const pytorch: ModelFormat = {
  id: 'pytorch',
  label: 'PyTorch',
  recognise: async (set) => {
    const named = (await filesWith(set, isNamed)) ?? [];
    const bins =
      (await filesWith(
        set,
        (path) => /\.bin$/.test(path) && !isNamed(path),
        (head) => isTorchHead(head) || looksLikePickle(head),
      )) ?? [];
    const alike = (await filesWith(set, isPossible, isTorchHead)) ?? [];
    const found = [...named, ...bins, ...alike, ...indexesOf(set)].sort();
    return found.length > 0 ? found : undefined;
  },
  completeness,
  facts,
};

function isNamed(path: string): boolean {
  return (
    /\.(pt|pth|ckpt)$/.test(path) ||
    /^pytorch_model(-\d+-of-\d+)?\.bin$|^(optimizer|scheduler|training_args|adapter_model)\.bin$/.test(basename(path))
  );
}

/** Names that `torch.save` is given, too. */
function isPossible(path: string): boolean {
  return /(\.(pkl|pickle|p|pk|model|mdl|tar|zip|mar|weights|dat|data|joblib|sav|torch|jit|ts|ptl)|(^|\/)[^./]+)$/.test(
    path,
  );
}

/** Whether a file of any name is one that `torch.save` wrote: an archive that begins with the pickle, or the magic number of old files. */
export function isTorchHead(head: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, 300)).toString('latin1');
  return isZip(head)
    ? /^PK[\s\S]{28}([^/\0]{1,200}\/)?(data\.pkl|\.format_version|version|byteorder|code\/|\.data\/)/.test(start)
    : /^\x80.\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19/s.test(start);
}

function indexesOf(set: FileSet): readonly string[] {
  return set.files.map(({ path }) => path).filter(isIndex);
}

function isIndex(path: string): boolean {
  return path.endsWith('.bin.index.json');
}

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of paths.filter(isIndex)) {
    const present = new Set(set.files.map((file) => file.path));
    const missing = (await readShardIndex(set, path)).shards.find((shard) => !present.has(shard));
    if (missing !== undefined)
      return { kind: 'incomplete', path: missing, why: `${path} names it, and it isn’t there` };
  }
  for (const path of paths.filter((name) => !isIndex(name))) {
    const why = await withFile(set, path, (source) => whyIncomplete(source, path));
    if (why !== undefined) return { kind: 'incomplete', path, why };
  }
  return { kind: 'complete' };
}

async function whyIncomplete(source: ByteSource, path: string): Promise<string | undefined> {
  if (isZip(await source.read(0, 4))) {
    const zip = await readZip(source, path);
    return zip.entries.some(({ name }) => /(^|\/)data\.pkl$/.test(name))
      ? undefined
      : 'its archive has no data.pkl yet';
  }
  const legacy = await readLegacy(source, path);
  if (legacy !== undefined) {
    const { fileBytes, walk } = legacy;
    if (walk.pickles.length < 5) return 'its pickles aren’t all there';
    if (fileBytes !== undefined && fileBytes > source.sizeBytes)
      return `it is ${source.sizeBytes} bytes long, and its storages need ${fileBytes}`;
    return undefined;
  }
  const why = await pickleCompleteness(source);
  return why === 'unknown' ? undefined : why;
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const parts: ModelFacts[] = [];
  const shards: ModelFacts[] = [];
  for (const path of paths.filter((name) => !isIndex(name))) {
    const part = await withFile(set, path, (source) => factsOrDoubt(source, path));
    if (isShard(path)) shards.push(part);
    else if (isOfTraining(path)) parts.push(onlyDanger(part));
    else parts.unshift(part);
  }
  return mergeFacts([...(shards.length > 0 ? [mergeShards(shards)] : []), ...parts]) ?? { format: 'pytorch' };
}

function isShard(path: string): boolean {
  return /-\d+-of-\d+\.bin$/.test(path);
}

/** What trainers keep beside the weights, to go on. */
function isOfTraining(path: string): boolean {
  return /^(optimizer|scheduler|scaler|training_args|rng_state(_\d+)?)\.(bin|pt|pth)$/.test(basename(path));
}

function onlyDanger({ format, danger, problems }: ModelFacts): ModelFacts {
  return { format, ...(danger ? { danger } : {}), ...(problems ? { problems } : {}) };
}

/** Shards have a part of the tensors each. */
function mergeShards(shards: readonly ModelFacts[]): ModelFacts {
  const list = new TensorList();
  for (const { tensors = [] } of shards) for (const tensor of tensors) list.add(tensor);
  return { ...(mergeFacts(shards) ?? { format: 'pytorch' }), ...list.facts() };
}

/** A file that can't be read here may be read elsewhere: it is a problem, and not known to be harmless. */
async function factsOrDoubt(source: ByteSource, path: string): Promise<ModelFacts> {
  try {
    if (isZip(await source.read(0, 4))) return await readTorchZip(source, path);
    const legacy = await readLegacy(source, path);
    return legacy === undefined ? await pickleFacts(source, path, 'pytorch') : legacyFacts(legacy);
  } catch (error) {
    const why = whyInvalid(error);
    if (why === undefined) throw error;
    const problem = error instanceof Error ? error.message : why;
    return { format: 'pytorch', problems: [problem], danger: dangerReport([notLookedInto({ path }, why)]) };
  }
}
