import type { LoadedFiles } from './loaded-files.ts';

/** What `from_pretrained` can't do without. */
const HUB_FILES = /(^|\/)(config|model_index|modules)\.json$/;

const BY_NAME: readonly (readonly [format: string, names: RegExp])[] = [
  ['mlflow', /(^|\/)MLmodel$/],
  ['peft', /(^|\/)adapter_config\.json$/],
  ['huggingface', HUB_FILES],
  ['savedmodel', /(^|\/)saved_model\.pb$/],
  ['keras', /\.keras$/],
  ['coreml', /\.(mlmodel|mlpackage\/.*)$/],
  ['gguf', /\.gguf$/],
  ['onnx', /\.onnx$/],
  ['tflite', /\.tflite$/],
  ['safetensors', /\.safetensors$/],
  ['hdf5', /\.(h5|hdf5)$/],
  ['pytorch', /(\.(pt|pth|ckpt)|(^|\/)(pytorch|adapter)_model[^/]*\.bin)$/],
  ['xgboost', /\.(ubj|xgb)$/],
  ['catboost', /\.cbm$/],
  ['pickle', /\.(joblib|pkl|pickle)$/],
  ['numpy', /\.(npy|npz)$/],
];

/** In which format files are loaded: the one that was read, else the one that their names speak of. A model card beside weights says of the weights what they are, and not how to load them. */
export function loadedFormat(files: LoadedFiles, read?: string): string | undefined {
  if (read !== undefined && (read !== 'huggingface' || files.has(HUB_FILES))) return read;
  return BY_NAME.find(([, names]) => files.has(names))?.[0];
}
