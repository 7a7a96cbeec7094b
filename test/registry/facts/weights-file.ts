import { safetensorsBytes } from '../../modelfiles/file-sets.ts';

/** A safetensors file with these float32 tensors, in this order. */
export function weightsFile(
  tensors: Readonly<Record<string, readonly number[]>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, values]) => {
    const begin = offset;
    offset += values.length * 4;
    return [name, { dtype: 'F32', shape: [values.length], data_offsets: [begin, offset] }] as const;
  });
  const header = Object.fromEntries([...(metadata ? [['__metadata__', metadata] as const] : []), ...entries]);
  const file = safetensorsBytes(JSON.stringify(header), offset);
  file.set(new Uint8Array(Float32Array.from(Object.values(tensors).flat()).buffer), file.length - offset);
  return file;
}

/** Weights with so many tensors that what is known of them doesn't fit into an event. */
export function manyTensors(count = 300, value = 1): Uint8Array {
  return weightsFile(
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`layer.${index}.weight`, [value, index]])),
  );
}
