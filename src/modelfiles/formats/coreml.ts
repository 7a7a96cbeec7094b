import type { ModelFacts, TensorFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type FileSet, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { parseJson, textAt } from '../read/json-value.ts';
import { PagedReader } from '../read/paged-reader.ts';
import { TensorList } from '../tensors.ts';
import type { BlobTensor } from './coreml-program.ts';
import { readCoremlSpec } from './coreml-spec.ts';

const MAX_MANIFEST_BYTES = 1_000_000;
const BLOB_MARK = 0xdead_beef;
/** A package is known by its folder's name, or where that is the root, by what is in it. */
const MANIFEST = /^(.*\.mlpackage\/)?Manifest\.json$/;

/** Models for Apple's devices: one file, or a package of a program and its weights. */
export const coreml: ModelFormat = { id: 'coreml', label: 'Core ML', recognise, completeness, facts };

async function recognise(set: FileSet): Promise<readonly string[] | undefined> {
  const all = set.files.map(({ path }) => path);
  const packages = all
    .filter((path) => MANIFEST.test(path))
    .map(folderOf)
    .filter((folder) => folder !== '' || all.some((path) => /^Data\/.*\.mlmodel$/.test(path)));
  const found = all.filter(
    (path) =>
      path.endsWith('.mlmodel') ||
      packages.some(
        (folder) => path.startsWith(folder) && /^(Manifest\.json|Data\/.*)$/.test(path.slice(folder.length)),
      ),
  );
  return found.length > 0 ? found : undefined;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

async function completeness(set: FileSet, paths: readonly string[]): Promise<Completeness> {
  for (const path of await modelsIn(set, paths)) {
    const spec = await withFile(set, path, (source) => readCoremlSpec(source, path));
    if (spec.kind === undefined) return { kind: 'incomplete', path, why: 'it has a description, and no model' };
    const places = await placesOf(set, path, spec.blobs);
    const missing = spec.blobs.find((blob) => !places.has(blob));
    if (missing)
      return { kind: 'incomplete', path: weightsOf(path, missing), why: `the weights ${missing.name} aren't in it` };
  }
  return { kind: 'complete' };
}

/** The models that the manifests name, and those without one. */
async function modelsIn(set: FileSet, paths: readonly string[]): Promise<readonly string[]> {
  const manifests = paths.filter((path) => MANIFEST.test(path));
  const named: string[] = [];
  for (const path of manifests) named.push(await rootModel(set, path));
  const packages = manifests.map((path) => `${folderOf(path)}Data/`);
  const alone = paths.filter(
    (path) => path.endsWith('.mlmodel') && !packages.some((folder) => path.startsWith(folder)),
  );
  return [...named, ...alone];
}

async function rootModel(set: FileSet, path: string): Promise<string> {
  const bytes = await withFile(set, path, (source) => source.read(0, MAX_MANIFEST_BYTES));
  const manifest = parseJson(bytes, path);
  const id = textAt(manifest, 'rootModelIdentifier');
  const item = id === undefined ? undefined : textAt(manifest, 'itemInfoEntries', id, 'path');
  const model = item === undefined ? undefined : `${folderOf(path)}Data/${item}`;
  if (model === undefined || !set.files.some((file) => file.path === model))
    throw invalidFile(path, `the model that it names${model === undefined ? '' : `, ${model},`} isn't there`);
  return model;
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const [path, ...more] = await modelsIn(set, paths);
  if (path === undefined) throw invalidFile(paths[0] ?? '', 'no model is in the package');
  const spec = await withFile(set, path, (source) => readCoremlSpec(source, path));
  const list = new TensorList();
  const problems = more.map((other) => `Only ${path} was read, ${other} is another model`);
  if (spec.kind === undefined) problems.push(`${path} has a description, and no model`);
  let missing = 0;
  const places = await placesOf(set, path, spec.blobs);
  for (const blob of spec.blobs) {
    const { name, dtype, shape } = blob;
    const place = places.get(blob);
    if (!place) missing += 1;
    list.add({ name, dtype, shape, ...(place ? { place } : {}) });
  }
  if (missing > 0) problems.push(`Weights of ${missing} tensors of ${path} aren't there`);
  return factsFrom('coreml', {
    formatVersion: spec.version === undefined ? undefined : String(spec.version),
    framework: { name: 'Core ML' },
    architecture: spec.kind,
    license: spec.license,
    ...list.facts(),
    inputs: spec.inputs,
    outputs: spec.outputs,
    metadata: [
      ...(spec.description ? ([['description', spec.description]] as const) : []),
      ...(spec.author ? ([['author', spec.author]] as const) : []),
      ...(spec.versionString ? ([['version', spec.versionString]] as const) : []),
      ...spec.userDefined,
    ],
    problems: [...problems, ...list.problems()],
  });
}

function weightsOf(path: string, { fileName }: BlobTensor): string {
  return `${folderOf(path)}${fileName.replace(/^@model_path\//, '')}`;
}

/**
 * Where the values are that stand in files of weights. Each is described there in 64 bytes: a mark, the type, the length and the place
 * (MILBlob, version 2).
 */
async function placesOf(
  set: FileSet,
  path: string,
  blobs: readonly BlobTensor[],
): Promise<ReadonlyMap<BlobTensor, NonNullable<TensorFacts['place']>>> {
  const places = new Map<BlobTensor, NonNullable<TensorFacts['place']>>();
  const files = new Map<string, BlobTensor[]>();
  for (const blob of blobs) {
    const file = weightsOf(path, blob);
    const known = files.get(file);
    if (known) known.push(blob);
    else files.set(file, [blob]);
  }
  for (const [file, inFile] of files) {
    if (!set.files.some((known) => known.path === file)) continue;
    await withFile(set, file, async (source) => {
      const reader = new PagedReader(source, file);
      for (const blob of inFile) {
        if (blob.offset + 64 > source.sizeBytes || (await reader.u32(blob.offset)) !== BLOB_MARK) continue;
        const sizeBytes = await reader.u64(blob.offset + 8);
        const offset = await reader.u64(blob.offset + 16);
        if (offset + sizeBytes <= source.sizeBytes) places.set(blob, { path: file, offset, sizeBytes });
      }
    });
  }
  return places;
}
