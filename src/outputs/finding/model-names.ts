/** How surely a file is a model by its name alone. `unsure` is looked into. */
export type NameVerdict = 'model' | 'unsure' | undefined;

/** Suffixes that nothing but models has. */
const MODELS = /\.(safetensors|gguf|onnx|pt2?|pth|ckpt|keras|tflite|mlmodel|cbm|ubj|joblib)$/i;
/** Names of whole folders' descriptions and weights. */
const NAMES =
  /^(?:MLmodel|saved_model\.pb|(?:pytorch_model|adapter_model|model|tf_model)(?:-\d+-of-\d+)?\.(?:bin|h5|msgpack))$/;
/** Suffixes that other files have, too. */
const UNSURE = /\.(pkl|pickle|bin|h5|hdf5|pb|json|txt|model|zip|npz|msgpack|onnx_data)$/i;
/** In a text or JSON file, only the name tells that it is worth a look. */
const TEXT = /\.(json|txt|model|zip|npz)$/i;
const WORDS =
  /model|weight|xgb|lgb|lightgbm|catboost|booster|classifier|regressor|estimator|pipeline|network|(?:^|[-_.])(?:clf|net|nn|reg)(?:[-_.]|$)/i;
/** What lies beside a model and describes it or its training. */
const NO_MODEL =
  /^(?:config|tokenizer|vocab|special_tokens_map|training_args|trainer_state|optimizer|scheduler|scaler|rng_state|preprocessor|generation_config|params|metrics|requirements)[^/]*\.|\.index\.json$|model[-_]?card|_config\.json$/i;

/** What a file's name says; the file isn't opened. */
export function verdictOfName(name: string): NameVerdict {
  if (NAMES.test(name)) return 'model';
  if (NO_MODEL.test(name)) return undefined;
  if (MODELS.test(name)) return 'model';
  if (!UNSURE.test(name)) return undefined;
  return !TEXT.test(name) || WORDS.test(name) ? 'unsure' : undefined;
}

const SKIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  '__pycache__',
  'site-packages',
  'dist-packages',
  'venv',
  'virtualenv',
  'conda',
  'miniconda3',
  'anaconda3',
  'envs',
  'wandb',
  'mlruns',
  'mlartifacts',
  'hub',
  'CVS',
  'bin',
  'obj',
  'target',
  'Library',
]);
const SKIPPED_NAMES = /^\.|\.egg-info$|^(?:models|datasets|spaces)--|cache$/i;

/** Folders whose files aren't this workspace's work: tools', packages', caches, and what trackers keep for themselves. */
export function isSkippedFolder(name: string): boolean {
  return SKIPPED.has(name) || SKIPPED_NAMES.test(name);
}

/** Files that say of the folder they are in that it is an environment, a cache, or a copy that the registry made. */
export const SKIPPING_FILES: ReadonlySet<string> = new Set([
  'pyvenv.cfg',
  'conda-meta',
  'CACHEDIR.TAG',
  '.model-registry-pull.json',
]);
