import type { TensorFacts } from '../facts.ts';
import type { Hdf5File } from '../read/hdf5/hdf5-file.ts';

/** State of the optimiser and of random numbers, which isn't part of the model. */
const NOT_WEIGHTS = /^(optimizer|optimizer_weights)\/|(^|\/)seed_generator(_\d+)?\//;

/** The weights among the datasets of a file that Keras wrote; `at` is where the file begins in the one on the disk. */
export function kerasWeights(
  file: Hdf5File,
  path: string,
  at = 0,
): { readonly tensors: readonly TensorFacts[]; readonly leftOut: number } {
  const weights = file.datasets.filter((dataset) => !NOT_WEIGHTS.test(dataset.path));
  return {
    tensors: weights.map(({ path: name, dtype, shape, place }) => ({
      name,
      dtype,
      shape,
      ...(place ? { place: { path, offset: at + place.offset, sizeBytes: place.sizeBytes } } : {}),
    })),
    leftOut: file.datasets.length - weights.length,
  };
}
