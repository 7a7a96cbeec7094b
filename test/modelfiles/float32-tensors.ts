/** A safetensors file of float32 tensors with these shapes, in this order, and zeros unless `valueAt` says otherwise. */
export function float32Tensors(
  shapes: Readonly<Record<string, readonly number[]>>,
  options: {
    readonly metadata?: Readonly<Record<string, string>>;
    readonly valueAt?: (index: number) => number;
  } = {},
): Uint8Array {
  const { metadata, valueAt = () => 0 } = options;
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const begin = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const values = Float32Array.from({ length: end / 4 }, (_, index) => valueAt(index));
  return Buffer.concat([length, json, Buffer.from(values.buffer)]);
}
