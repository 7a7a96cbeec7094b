import { RegistryError } from '../base/errors.ts';

/** Nothing can be registered by itself of a model whose outputs the project file doesn't declare. */
export function noOutputs(model: string): RegistryError {
  return new RegistryError(
    'OUTPUTS_MISSING',
    `model-registry.yaml declares no outputs of ${model}, so it is registered by hand only: name the files (model-registry register ${model} PATH), or declare outputs. Nothing was changed.`,
  );
}
