import { archive } from './formats/archive.ts';
import { catboost } from './formats/catboost.ts';
import { coreml } from './formats/coreml.ts';
import { gguf } from './formats/gguf.ts';
import { hdf5 } from './formats/hdf5.ts';
import { huggingface } from './formats/huggingface.ts';
import { keras } from './formats/keras.ts';
import { lightgbm } from './formats/lightgbm.ts';
import { mlflow } from './formats/mlflow.ts';
import { numpy } from './formats/numpy.ts';
import { onnx } from './formats/onnx.ts';
import { peft } from './formats/peft.ts';
import { pickle } from './formats/pickle.ts';
import { pytorch } from './formats/pytorch.ts';
import { safetensors } from './formats/safetensors.ts';
import { savedmodel } from './formats/savedmodel.ts';
import { tflite } from './formats/tflite.ts';
import { xgboost } from './formats/xgboost.ts';
import type { ModelFormat } from './model-format.ts';

/**
 * Every format that can be read. Where files have several, the one that stands first here leads: it tells most about the model, as a
 * folder of Hugging Face does about the weights in it.
 */
export const FORMATS: readonly ModelFormat[] = [
  // Folders and formats that describe the model …
  mlflow,
  peft,
  huggingface,
  savedmodel,
  keras,
  coreml,
  // … then formats of weights.
  gguf,
  onnx,
  tflite,
  safetensors,
  hdf5,
  pytorch,
  xgboost,
  lightgbm,
  catboost,
  pickle,
  numpy,
  archive,
];
