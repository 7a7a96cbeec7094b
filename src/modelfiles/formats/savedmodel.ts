import { judgeOperations } from '../danger/graph-operations.ts';
import { dangerReport } from '../danger/report.ts';
import type { ModelFacts, TensorFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { TensorList } from '../tensors.ts';
import { type NamedSignature, readSavedModelGraph } from './savedmodel-graph.ts';
import { readTensorBundle } from './tensorflow-bundle.ts';

const GRAPH = /(^|\/)saved_model\.pb$/;
/** Variables that training needs and serving doesn't, and what a checkpoint says about itself. */
const NOT_WEIGHTS =
  /(^|\/)(optimizer|_optimizer|keras_api)(\/|$)|\.OPTIMIZER_SLOT|^save_counter|^_CHECKPOINTABLE_OBJECT_GRAPH$/;

/** A folder of TensorFlow: `saved_model.pb`, `variables/`, `assets/`. */
export const savedmodel: ModelFormat = {
  id: 'savedmodel',
  label: 'TensorFlow SavedModel',
  recognise,
  completeness,
  facts,
};

async function recognise(set: FileSet): Promise<readonly string[] | undefined> {
  const graphs = set.files.map(({ path }) => path).filter((path) => GRAPH.test(path));
  if (graphs.length === 0) return undefined;
  const folders = graphs.map(folderOf);
  return set.files
    .map(({ path }) => path)
    .filter((path) => folders.some((folder) => path.startsWith(folder) && isPart(path.slice(folder.length))));
}

function isPart(path: string): boolean {
  return /^(saved_model\.pb|fingerprint\.pb|keras_metadata\.pb|(variables|assets|assets\.extra|debug)\/.*)$/.test(path);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of paths.filter((part) => GRAPH.test(part))) {
    const { hasGraph } = await withFile(set, path, (source) => readSavedModelGraph(source, path));
    if (!hasGraph) return { kind: 'incomplete', path, why: 'it has no graph' };
    const index = indexOf(paths, path);
    if (index === undefined) continue;
    const [missing] = (await readTensorBundle(set, index)).missing;
    if (missing) return { kind: 'incomplete', ...missing };
  }
  // The graph is written last, behind the variables that it needs.
  return { kind: 'complete' };
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const [path, ...more] = paths.filter((part) => GRAPH.test(part));
  if (path === undefined) return factsFrom('savedmodel', {});
  const { schemaVersion, tensorflowVersion, tags, signatures, hasGraph, operations } = await withFile(
    set,
    path,
    (source) => readSavedModelGraph(source, path),
  );
  const problems = more.map((other) => `Only ${path} was read, ${other} is another model`);
  if (!hasGraph) problems.push(`${path} has no graph`);
  const list = new TensorList();
  const index = indexOf(paths, path);
  if (index !== undefined) {
    const { tensors, missing } = await readTensorBundle(set, index);
    for (const tensor of weightsAmong(tensors)) list.add(tensor);
    problems.push(...missing.slice(0, 20).map(({ path: file, why }) => `${file}: ${why}`));
  }
  const main = mainSignature(signatures);
  return factsFrom('savedmodel', {
    formatVersion: schemaVersion === undefined ? undefined : String(schemaVersion),
    framework: { name: 'TensorFlow', ...(tensorflowVersion ? { version: tensorflowVersion } : {}) },
    ...list.facts(),
    inputs: main?.inputs,
    outputs: main?.outputs,
    metadata: [
      ...(tags.length > 0 ? ([['tags', tags.join(', ')]] as const) : []),
      ...(signatures.length > 0
        ? ([
            [
              'signatures',
              signatures
                .map(({ name }) => name)
                .sort()
                .join(', '),
            ],
          ] as const)
        : []),
    ],
    danger: dangerReport(judgeOperations(operations, path)),
    problems: [...problems, ...list.problems()],
  });
}

function weightsAmong(tensors: readonly TensorFacts[]): readonly TensorFacts[] {
  const weights = tensors.filter(({ dtype, name }) => dtype !== 'string' && !NOT_WEIGHTS.test(name));
  // What Keras exports has all variables twice.
  const isTwice = weights.some(({ name }) => name.startsWith('variables/'));
  return isTwice ? weights.filter(({ name }) => !name.startsWith('_all_variables/')) : weights;
}

/** The one that servers call unless told otherwise. */
function mainSignature(signatures: readonly NamedSignature[]): NamedSignature | undefined {
  return (
    signatures.find(({ name }) => name === 'serving_default') ??
    signatures.find(({ inputs, outputs }) => inputs.length + outputs.length > 0)
  );
}

function indexOf(paths: readonly string[], graph: string): string | undefined {
  const index = `${folderOf(graph)}variables/variables.index`;
  return paths.includes(index) ? index : undefined;
}
