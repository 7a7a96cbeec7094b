import { coreml } from './formats/coreml.ts';
import { gguf } from './formats/gguf.ts';
import { hdf5 } from './formats/hdf5.ts';
import { keras } from './formats/keras.ts';
import { onnx } from './formats/onnx.ts';
import { safetensors } from './formats/safetensors.ts';
import { savedmodel } from './formats/savedmodel.ts';
import { tflite } from './formats/tflite.ts';
import type { ModelFormat } from './model-format.ts';

/**
 * Every format that can be read. Where files have several, the one that stands first here leads: it tells most about the model, as a
 * folder of Hugging Face does about the weights in it.
 */
export const FORMATS: readonly ModelFormat[] = [
  // Folders and formats that describe the model …
  savedmodel,
  keras,
  coreml,
  // … then formats of weights.
  gguf,
  onnx,
  tflite,
  safetensors,
  hdf5,
];
