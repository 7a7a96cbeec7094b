import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { type FileSet, withFile } from '../file-set.ts';
import { metadataOf } from '../metadata.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { TensorList } from '../tensors.ts';
import { readSafetensorsHeader } from './safetensors-header.ts';
import { readShardIndex } from './safetensors-index.ts';

/** What `__metadata__.format` stands for. */
const FRAMEWORKS: ReadonlyMap<string, string> = new Map([
  ['pt', 'PyTorch'],
  ['tf', 'TensorFlow'],
  ['flax', 'Flax'],
  ['jax', 'JAX'],
  ['mlx', 'MLX'],
  ['np', 'NumPy'],
]);

const isIndex = (path: string) => path.endsWith('.safetensors.index.json');
const isFile = (path: string) => path.endsWith('.safetensors');

/** Tensors behind a JSON header, in one file or in shards with an index (https://github.com/huggingface/safetensors). */
export const safetensors: ModelFormat = {
  id: 'safetensors',
  label: 'safetensors',
  recognise: (set) => filesWith(set, (path) => isFile(path) || isIndex(path)),
  completeness,
  facts,
};

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of paths.filter(isIndex)) {
    const missing = missingShards(set, (await readShardIndex(set, path)).shards);
    if (missing[0] !== undefined)
      return { kind: 'incomplete', path: missing[0], why: `${path} names it, and it isn't there` };
  }
  for (const path of paths.filter(isFile)) {
    const { fileBytes, sizeBytes } = await withFile(set, path, async (source) => ({
      fileBytes: (await readSafetensorsHeader(source, path)).fileBytes,
      sizeBytes: source.sizeBytes,
    }));
    if (fileBytes !== sizeBytes)
      return { kind: 'incomplete', path, why: `it is ${sizeBytes} bytes long, and its header says ${fileBytes}` };
  }
  return { kind: 'complete' };
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const tensors = new TensorList();
  const problems: string[] = [];
  const metadata = new Map<string, string>();
  for (const path of paths.filter(isFile)) {
    const header = await withFile(set, path, (source) => readSafetensorsHeader(source, path));
    for (const tensor of header.tensors) tensors.add(tensor);
    for (const [name, value] of header.metadata) metadata.set(name, value);
    problems.push(...header.problems);
  }
  for (const path of paths.filter(isIndex)) {
    const { shards } = await readShardIndex(set, path);
    problems.push(
      ...missingShards(set, shards)
        .slice(0, 20)
        .map((shard) => `${shard} isn't there, and ${path} names it`),
    );
  }
  problems.push(...tensors.problems());
  const framework = FRAMEWORKS.get(metadata.get('format') ?? '');
  const architecture = metadata.get('modelspec.architecture');
  const license = metadata.get('modelspec.license');
  return {
    format: 'safetensors',
    ...(framework === undefined ? {} : { framework: { name: framework } }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(license === undefined ? {} : { license }),
    ...tensors.facts(),
    ...(metadata.size > 0 ? { metadata: metadataOf(metadata) } : {}),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

function missingShards(set: FileSet, shards: readonly string[]): readonly string[] {
  const present = new Set(set.files.map(({ path }) => path));
  return shards.filter((shard) => !present.has(shard));
}
