import type { LoadedFiles } from './loaded-files.ts';

const BY_NAME: readonly (readonly [format: string, names: RegExp])[] = [
  ['mlflow', /(^|\/)MLmodel$/],
  ['peft', /(^|\/)adapter_config\.json$/],
  ['huggingface', /(^|\/)(config|model_index|modules)\.json$/],
  ['savedmodel', /(^|\/)saved_model\.pb$/],
  ['keras', /\.keras$/],
  ['coreml', /\.(mlmodel|mlpackage\/.*)$/],
  ['gguf', /\.gguf$/],
  ['onnx', /\.onnx$/],
  ['tflite', /\.tflite$/],
  ['safetensors', /\.safetensors$/],
  ['hdf5', /\.(h5|hdf5)$/],
  ['pytorch', /\.(pt|pth|ckpt|bin)$/],
  ['xgboost', /\.(ubj|xgb)$/],
  ['catboost', /\.cbm$/],
  ['pickle', /\.(joblib|pkl|pickle)$/],
  ['numpy', /\.(npy|npz)$/],
];

/** The format that names of files speak of, where nobody has read the files. */
export function guessFormat(files: LoadedFiles): string | undefined {
  return BY_NAME.find(([, names]) => files.has(names))?.[0];
}
