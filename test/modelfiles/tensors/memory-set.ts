import type { TensorFacts } from '../../../src/modelfiles/facts.ts';
import type { FileSet } from '../../../src/modelfiles/file-set.ts';

/** Numbers as a tensor of a file. */
export interface SampleTensor {
  readonly name: string;
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly bytes: Uint8Array;
}

export function float32(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** A set of one file in memory with these tensors one after the other, `gap` bytes before each. */
export function tensorsInMemory(
  samples: readonly SampleTensor[],
  { gap = 0, path = 'model.bin' } = {},
): { readonly set: FileSet; readonly tensors: readonly TensorFacts[]; readonly reads: number[] } {
  const parts: Uint8Array[] = [];
  const tensors: TensorFacts[] = [];
  let offset = 0;
  for (const { name, dtype = 'float32', bytes, shape = [bytes.length / 4] } of samples) {
    parts.push(new Uint8Array(gap), bytes);
    tensors.push({ name, dtype, shape, place: { path, offset: offset + gap, sizeBytes: bytes.length } });
    offset += gap + bytes.length;
  }
  const file = Buffer.concat(parts);
  const reads: number[] = [];
  const set: FileSet = {
    files: [{ path, sizeBytes: file.length }],
    problems: [],
    open: async () => ({
      sizeBytes: file.length,
      read: async (start, length) => {
        reads.push(length);
        return Uint8Array.from(file.subarray(start, start + length));
      },
      close: async () => undefined,
    }),
  };
  return { set, tensors, reads };
}
