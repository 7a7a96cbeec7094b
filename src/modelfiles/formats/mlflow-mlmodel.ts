import * as v from 'valibot';
import type { FileSet } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { readText } from '../read/small-file.ts';
import { parseYaml } from '../read/yaml.ts';

const text = v.fallback(v.optional(v.nullable(v.union([v.string(), v.date()]))), undefined);
const flavorSchema = v.fallback(v.record(v.string(), v.unknown()), {});
const mlmodelSchema = v.object({
  flavors: v.record(v.string(), flavorSchema),
  run_id: text,
  model_uuid: text,
  model_id: text,
  utc_time_created: text,
  mlflow_version: text,
  signature: v.fallback(
    v.optional(
      v.nullable(v.object({ inputs: v.optional(v.nullable(v.string())), outputs: v.optional(v.nullable(v.string())) })),
    ),
    undefined,
  ),
});

export interface Mlmodel {
  readonly flavors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly run_id?: string;
  readonly model_uuid?: string;
  readonly model_id?: string;
  readonly utc_time_created?: string;
  readonly mlflow_version?: string;
  readonly signature?: { readonly inputs?: string; readonly outputs?: string };
}

/** Reads `MLmodel`. Throws `MODEL_FILE_INVALID`. */
export async function readMlmodel(set: FileSet, path: string): Promise<Mlmodel> {
  const parsed = v.safeParse(mlmodelSchema, parseYaml(await readText(set, path), path));
  if (!parsed.success) throw invalidFile(path, 'it names no flavors');
  const { flavors, signature, ...texts } = parsed.output;
  const { inputs, outputs } = signature ?? {};
  const stated = Object.entries(texts).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return {
    flavors,
    ...Object.fromEntries(stated),
    ...(signature ? { signature: { ...(inputs ? { inputs } : {}), ...(outputs ? { outputs } : {}) } } : {}),
  };
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['sklearn', 'scikit-learn'],
  ['pytorch', 'PyTorch'],
  ['tensorflow', 'TensorFlow'],
  ['keras', 'Keras'],
  ['xgboost', 'XGBoost'],
  ['lightgbm', 'LightGBM'],
  ['catboost', 'CatBoost'],
  ['onnx', 'ONNX'],
  ['transformers', 'Transformers'],
  ['sentence_transformers', 'Sentence Transformers'],
  ['spark', 'Spark'],
  ['statsmodels', 'statsmodels'],
  ['prophet', 'Prophet'],
  ['spacy', 'spaCy'],
]);

/** The flavor of the library that made the model, not the general one. */
export function leadingFlavor({ flavors }: Mlmodel): { readonly name: string; readonly version?: string } | undefined {
  const found = Object.entries(flavors).find(([name]) => name !== 'python_function') ?? Object.entries(flavors)[0];
  if (found === undefined) return undefined;
  const [name, options] = found;
  const key = Object.keys(options).find((option) => /_version$/.test(option) && option !== 'python_version') ?? '';
  const version = options[key];
  return { name: NAMES.get(name) ?? name, ...(typeof version === 'string' ? { version } : {}) };
}

/** Keys of flavors whose value is a path in the folder. */
const PATH_KEYS = [
  'data',
  'model_path',
  'pickled_model',
  'model_data',
  'model_binary',
  'python_model',
  'code',
  'env',
  'saved_model_dir',
  'state_dict',
  'artifact_path',
];

/** Files and folders that the flavors name, relative to the folder. */
export function namedPaths({ flavors }: Mlmodel): readonly string[] {
  const paths = new Set<string>();
  for (const options of Object.values(flavors)) {
    for (const key of PATH_KEYS) {
      const value = options[key];
      if (typeof value === 'string' && value !== '') paths.add(value);
      else if (key === 'env' && typeof value === 'object' && value !== null)
        for (const file of Object.values(value)) if (typeof file === 'string') paths.add(file);
    }
  }
  return [...paths];
}
