import { gguf } from './formats/gguf.ts';
import { onnx } from './formats/onnx.ts';
import { safetensors } from './formats/safetensors.ts';
import type { ModelFormat } from './model-format.ts';

/**
 * Every format that can be read. Where files have several, the one that stands first here leads: it tells most about the model, as a
 * folder of Hugging Face does about the weights in it.
 */
export const FORMATS: readonly ModelFormat[] = [
  // Folders and formats that describe the model …
  // … then formats of weights.
  gguf,
  onnx,
  safetensors,
];
