import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { TensorList } from '../tensors.ts';
import { readGgufHeader } from './gguf-header.ts';

const SHARD = /^(.*-)(\d{5})-of-(\d{5})\.gguf$/;
const MAX_SHARDS = 1000;

/** Weights for llama.cpp and its relatives, in one file or in numbered ones. */
export const gguf: ModelFormat = {
  id: 'gguf',
  label: 'GGUF',
  recognise: (set) =>
    filesWith(
      set,
      (path) => path.endsWith('.gguf') || hasNoExtension(path),
      (head, path) => path.endsWith('.gguf') || Buffer.from(head.subarray(0, 4)).toString('latin1') === 'GGUF',
    ),
  completeness,
  facts,
};

/** Caches name files by their digest. */
function hasNoExtension(path: string): boolean {
  return !path.slice(path.lastIndexOf('/') + 1).includes('.');
}

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of paths) {
    const missing = missingShards(set, path)[0];
    if (missing !== undefined) return { kind: 'incomplete', path: missing, why: `${path} is a part, as is this one` };
    const { fileBytes, sizeBytes } = await withFile(set, path, async (source) => ({
      fileBytes: (await readGgufHeader(source, path)).fileBytes,
      sizeBytes: source.sizeBytes,
    }));
    if (fileBytes > sizeBytes)
      return { kind: 'incomplete', path, why: `it is ${sizeBytes} bytes long, and its header says ${fileBytes}` };
  }
  return { kind: 'complete' };
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const tensors = new TensorList();
  const values = new Map<string, string>();
  const problems: string[] = [];
  let version: number | undefined;
  for (const path of paths) {
    const header = await withFile(set, path, (source) => readGgufHeader(source, path));
    for (const tensor of header.tensors) tensors.add(tensor);
    // The first part has them all.
    for (const [key, value] of header.values) if (!values.has(key)) values.set(key, value);
    version ??= header.version;
    problems.push(...header.problems);
    problems.push(...missingShards(set, path).map((shard) => `${shard} isn't there, and ${path} is a part beside it`));
  }
  return factsFrom('gguf', {
    formatVersion: version === undefined ? undefined : String(version),
    framework: { name: 'ggml' },
    architecture: values.get('general.architecture'),
    license: values.get('general.license'),
    baseModels: baseModels(values),
    ...tensors.facts(),
    metadata: values,
    problems: [...new Set([...problems, ...tensors.problems()])],
  });
}

function baseModels(values: ReadonlyMap<string, string>): ModelFacts['baseModels'] {
  const count = Math.min(100, Number(values.get('general.base_model.count') ?? 0));
  return Array.from({ length: Number.isInteger(count) ? count : 0 }, (_, index) => {
    const about = (key: string) => values.get(`general.base_model.${index}.${key}`);
    const url = about('repo_url');
    const revision = about('version');
    return {
      name: about('name') ?? url ?? 'unnamed',
      ...(revision === undefined ? {} : { revision }),
      ...(url === undefined ? {} : { url }),
    };
  });
}

function missingShards(set: FileSet, path: string): readonly string[] {
  const [, prefix, , total] = SHARD.exec(path) ?? [];
  if (prefix === undefined || total === undefined || Number(total) > MAX_SHARDS) return [];
  const present = new Set(set.files.map((file) => file.path));
  return Array.from(
    { length: Number(total) },
    (_, index) => `${prefix}${String(index + 1).padStart(5, '0')}-of-${total}.gguf`,
  )
    .filter((shard) => !present.has(shard))
    .slice(0, 20);
}
