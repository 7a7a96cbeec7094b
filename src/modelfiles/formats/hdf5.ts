import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { type Hdf5File, isHdf5, readHdf5 } from '../read/hdf5/hdf5-file.ts';
import { parseJson } from '../read/json-value.ts';
import { TensorList } from '../tensors.ts';
import { factsOfKerasConfig } from './keras-config.ts';
import { kerasWeights } from './keras-weights.ts';

const isWeights = (path: string) => path.endsWith('.weights.h5');

/** Models and weights that Keras keeps in HDF5; other files in HDF5 are lists of datasets. */
export const hdf5: ModelFormat = {
  id: 'hdf5',
  label: 'HDF5',
  recognise: (set) =>
    filesWith(
      set,
      (path) => /\.(h5|hdf5)$/.test(path),
      (head, path) => isWeights(path) || isHdf5(head),
    ),
  completeness,
  facts,
};

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of paths) {
    const { fileBytes, sizeBytes } = await withFile(set, path, async (source) => ({
      fileBytes: (await readHdf5(source, path)).fileBytes,
      sizeBytes: source.sizeBytes,
    }));
    if (fileBytes > sizeBytes)
      return { kind: 'incomplete', path, why: `it is ${sizeBytes} bytes long, and says that it is ${fileBytes}` };
  }
  return { kind: 'complete' };
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const list = new TensorList();
  const problems: string[] = [];
  const metadata: (readonly [string, string])[] = [];
  let about: Partial<ModelFacts> = {};
  for (const path of paths) {
    const file = await withFile(set, path, (source) => readHdf5(source, path));
    const { tensors, leftOut } = kerasWeights(file, path);
    for (const tensor of tensors) list.add(tensor);
    if (leftOut > 0) metadata.push(['state that isn’t weights', `${leftOut} tensors`]);
    const { metadata: own, ...told } = kerasFacts(file, path);
    metadata.push(...own);
    about = { ...about, ...told };
    problems.push(...file.problems);
  }
  return factsFrom('hdf5', { ...about, ...list.facts(), metadata, problems: [...problems, ...list.problems()] });
}

/** What Keras writes beside the weights, up to version 2 and in `.h5` files of version 3. */
function kerasFacts(
  { attributes, datasets }: Hdf5File,
  path: string,
): Omit<ModelFacts, 'format' | 'metadata'> & { readonly metadata: readonly (readonly [string, string])[] } {
  const root = attributes.get('') ?? attributes.get('model_weights');
  const version = root?.get('keras_version')?.[0];
  const isKeras3 = datasets.some((dataset) =>
    /^(_layer_checkpoint_dependencies|layers|_operations)\//.test(dataset.path),
  );
  const config = root?.get('model_config')?.[0];
  const backend = root?.get('backend')?.[0];
  const told =
    config === undefined ? undefined : factsOfKerasConfig(parseJson(config, path, 'its model_config'), { path });
  return {
    ...(version !== undefined || isKeras3
      ? { framework: { name: 'Keras', ...(version === undefined ? {} : { version }) } }
      : {}),
    ...told,
    metadata: [...(told?.metadata ?? []), ...(backend === undefined ? [] : ([['backend', backend]] as const))],
  };
}
