import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import type { ModelFormat } from '../model-format.ts';
import { readHdf5 } from '../read/hdf5/hdf5-file.ts';
import { parseJson, textAt } from '../read/json-value.ts';
import { readZip, type ZipArchive } from '../read/zip.ts';
import { TensorList } from '../tensors.ts';
import { factsOfKerasConfig } from './keras-config.ts';
import { kerasWeights } from './keras-weights.ts';

const MAX_CONFIG_BYTES = 16_000_000;
const MAX_METADATA_BYTES = 100_000;
/** Large models have their weights in several files. */
const MAX_WEIGHTS_FILES = 1000;

/** The format of Keras 3: an archive of a configuration and weights in HDF5. */
export const keras: ModelFormat = {
  id: 'keras',
  label: 'Keras',
  recognise: (set) => filesWith(set, (path) => path.endsWith('.keras')),
  async completeness(set, paths) {
    for (const path of paths)
      await withFile(set, path, async (source) => {
        const zip = await readZip(source, path);
        if (!zip.find('config.json')) throw invalidFile(path, 'it has no config.json');
      });
    return { kind: 'complete' };
  },
  async facts(set, paths) {
    const [first] = paths;
    if (first === undefined) return factsFrom('keras', {});
    const left = paths.slice(1).map((path) => `Only ${first} was read, ${path} is another model`);
    return readModel(set, first, left);
  },
};

async function readModel(set: FileSet, path: string, left: readonly string[]): Promise<ModelFacts> {
  return withFile(set, path, async (source) => {
    const zip = await readZip(source, path);
    const config = await jsonOf(zip, path, 'config.json', MAX_CONFIG_BYTES);
    if (config === undefined) throw invalidFile(path, 'it has no config.json');
    const about = await jsonOf(zip, path, 'metadata.json', MAX_METADATA_BYTES);
    const list = new TensorList();
    const problems = [...left, ...zip.problems];
    let leftOut = 0;
    const parts = zip.entries.filter(({ name }) => name.endsWith('.weights.h5'));
    if (parts.length > MAX_WEIGHTS_FILES) throw invalidFile(path, `it has ${parts.length} files of weights`);
    for (const entry of parts) {
      const { source: weights, offset } = await zip.openStored(entry);
      const file = await readHdf5(weights, `${path}/${entry.name}`);
      const found = kerasWeights(file, path, offset);
      for (const tensor of found.tensors) list.add(tensor);
      leftOut += found.leftOut;
      problems.push(...file.problems);
    }
    const version = textAt(about, 'keras_version');
    const saved = textAt(about, 'date_saved');
    const { metadata, ...told } = factsOfKerasConfig(config, { path, member: 'config.json' });
    return factsFrom('keras', {
      framework: { name: 'Keras', ...(version === undefined ? {} : { version }) },
      ...told,
      ...list.facts(),
      metadata: [
        ...metadata,
        ...(saved === undefined ? [] : ([['date_saved', saved]] as const)),
        ...(leftOut > 0 ? ([['state that isn’t weights', `${leftOut} tensors`]] as const) : []),
      ],
      problems: [...problems, ...list.problems()],
    });
  });
}

async function jsonOf(zip: ZipArchive, path: string, name: string, maxBytes: number): Promise<unknown> {
  const entry = zip.find(name);
  return entry ? parseJson(await zip.readEntry(entry, maxBytes), path, name) : undefined;
}
