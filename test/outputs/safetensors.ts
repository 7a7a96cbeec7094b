/** A safetensors file with one tensor of these values. */
export function safetensors(values: readonly number[]): Buffer {
  const data = Buffer.from(new Float32Array(values).buffer);
  const header = Buffer.from(
    JSON.stringify({ weights: { dtype: 'F32', shape: [values.length], data_offsets: [0, data.length] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}
