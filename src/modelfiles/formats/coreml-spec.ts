import type { SignatureEntry } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { ByteReader } from '../read/byte-reader.ts';
import { ProtoReader } from '../read/proto-reader.ts';
import { type BlobTensor, readProgram } from './coreml-program.ts';

/** What an `.mlmodel` says (https://apple.github.io/coremltools/mlmodel/; the numbers are those of its fields). */
export interface CoremlSpec {
  readonly version?: number;
  /** `mlProgram`, `neuralNetwork`, `treeEnsembleClassifier` … */
  readonly kind?: string;
  readonly inputs: readonly SignatureEntry[];
  readonly outputs: readonly SignatureEntry[];
  readonly description?: string;
  readonly versionString?: string;
  readonly author?: string;
  readonly license?: string;
  readonly userDefined: readonly (readonly [string, string])[];
  /** Weights of a program, which stand in a file beside it. */
  readonly blobs: readonly BlobTensor[];
}

const ML_PROGRAM = 502;
const KINDS: ReadonlyMap<number, string> = new Map([
  [200, 'pipelineClassifier'],
  [201, 'pipelineRegressor'],
  [202, 'pipeline'],
  [300, 'glmRegressor'],
  [301, 'supportVectorRegressor'],
  [302, 'treeEnsembleRegressor'],
  [303, 'neuralNetworkRegressor'],
  [304, 'bayesianProbitRegressor'],
  [400, 'glmClassifier'],
  [401, 'supportVectorClassifier'],
  [402, 'treeEnsembleClassifier'],
  [403, 'neuralNetworkClassifier'],
  [404, 'kNearestNeighborsClassifier'],
  [500, 'neuralNetwork'],
  [501, 'itemSimilarityRecommender'],
  [ML_PROGRAM, 'mlProgram'],
  [555, 'customModel'],
  [556, 'linkedModel'],
  [560, 'classConfidenceThresholding'],
  [600, 'oneHotEncoder'],
  [601, 'imputer'],
  [602, 'featureVectorizer'],
  [603, 'dictVectorizer'],
  [604, 'scaler'],
  [606, 'categoricalMapping'],
  [607, 'normalizer'],
  [609, 'arrayFeatureExtractor'],
  [610, 'nonMaximumSuppression'],
  [900, 'identity'],
  [2000, 'textClassifier'],
  [2001, 'wordTagger'],
  [2002, 'visionFeaturePrint'],
  [2003, 'soundAnalysisPreprocessing'],
  [2004, 'gazetteer'],
  [2005, 'wordEmbedding'],
  [2006, 'audioFeaturePrint'],
  [3000, 'serializedModel'],
]);

export async function readCoremlSpec(source: ByteSource, path: string): Promise<CoremlSpec> {
  let version: number | undefined;
  let kind: string | undefined;
  let description: Description = { inputs: [], outputs: [], userDefined: [] };
  let blobs: readonly BlobTensor[] = [];
  const model = ProtoReader.over(new ByteReader(source, path));
  while (await model.next()) {
    if (model.field === 1) version = model.number();
    else if (model.field === 2) description = await readDescription(model.message());
    else if (KINDS.has(model.field)) kind = KINDS.get(model.field);
    if (model.field === ML_PROGRAM) blobs = await readProgram(model.message());
  }
  return {
    ...description,
    blobs,
    ...(version === undefined ? {} : { version }),
    ...(kind === undefined ? {} : { kind }),
  };
}

type Description = Omit<CoremlSpec, 'version' | 'kind' | 'blobs'>;

async function readDescription(message: ProtoReader): Promise<Description> {
  const inputs: SignatureEntry[] = [];
  const outputs: SignatureEntry[] = [];
  let metadata: Omit<Description, 'inputs' | 'outputs'> = { userDefined: [] };
  while (await message.next()) {
    if (message.field === 1) inputs.push(await readFeature(message.message()));
    else if (message.field === 10) outputs.push(await readFeature(message.message()));
    else if (message.field === 100) metadata = await readMetadata(message.message());
  }
  return { inputs, outputs, ...metadata };
}

async function readMetadata(message: ProtoReader): Promise<Omit<Description, 'inputs' | 'outputs'>> {
  const told: { description?: string; versionString?: string; author?: string; license?: string } = {};
  const userDefined: (readonly [string, string])[] = [];
  while (await message.next()) {
    switch (message.field) {
      case 1:
        told.description = await message.text();
        break;
      case 2:
        told.versionString = await message.text();
        break;
      case 3:
        told.author = await message.text();
        break;
      case 4:
        told.license = await message.text();
        break;
      case 100: {
        const [key, value] = await message.entry((entry) => entry.text());
        userDefined.push([key, value ?? '']);
      }
    }
  }
  return { ...told, userDefined };
}

async function readFeature(message: ProtoReader): Promise<SignatureEntry> {
  let name = '';
  let type: Omit<SignatureEntry, 'name'> = {};
  while (await message.next()) {
    if (message.field === 1) name = await message.text(1000);
    else if (message.field === 3) type = await readFeatureType(message.message());
  }
  return { name, ...type };
}

const ARRAY_TYPES: ReadonlyMap<number, string> = new Map([
  [65_552, 'float16'],
  [65_568, 'float32'],
  [65_600, 'float64'],
  [131_080, 'int8'],
  [131_104, 'int32'],
]);

async function readFeatureType(type: ProtoReader): Promise<Omit<SignatureEntry, 'name'>> {
  let found: Omit<SignatureEntry, 'name'> = {};
  while (await type.next()) {
    switch (type.field) {
      case 1:
        found = { dtype: 'int64' };
        break;
      case 2:
        found = { dtype: 'float64' };
        break;
      case 3:
        found = { dtype: 'string' };
        break;
      case 4:
        found = await readImage(type.message());
        break;
      case 5:
        found = await readArray(type.message());
        break;
      case 6:
        found = { dtype: 'dictionary' };
        break;
      case 7:
        found = { dtype: 'sequence' };
        break;
      case 8:
        found = { dtype: 'state' };
    }
  }
  return found;
}

async function readArray(array: ProtoReader): Promise<Omit<SignatureEntry, 'name'>> {
  const shape: number[] = [];
  let dtype: string | undefined;
  while (await array.next()) {
    if (array.field === 1) shape.push(...(await array.numbers(64)));
    else if (array.field === 2) dtype = ARRAY_TYPES.get(array.number());
  }
  return { ...(dtype === undefined ? {} : { dtype }), ...(shape.length > 0 ? { shape } : {}) };
}

async function readImage(image: ProtoReader): Promise<Omit<SignatureEntry, 'name'>> {
  let width: number | null = null;
  let height: number | null = null;
  while (await image.next()) {
    if (image.field === 1) width = image.number();
    else if (image.field === 2) height = image.number();
  }
  return { dtype: 'image', shape: [height, width] };
}
