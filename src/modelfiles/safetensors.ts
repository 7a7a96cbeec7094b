import { open } from 'node:fs/promises';
import * as v from 'valibot';

/** The longest header that the format allows. */
const MAX_HEADER_BYTES = 100_000_000;

const offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tensorSchema = v.looseObject({
  data_offsets: v.pipe(
    v.tuple([offset, offset]),
    v.check(([begin, end]) => begin <= end),
  ),
});
const headerSchema = v.pipe(
  v.unknown(),
  v.check((header) => !Array.isArray(header)),
  v.record(v.string(), v.unknown()),
);

/**
 * Whether a safetensors file is all there: its header can be read, and the file is just as long as the header says (8 bytes, the header,
 * and the tensors' data up to the largest offset; https://github.com/huggingface/safetensors). Reads the header only.
 */
export async function isSafetensorsComplete(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size < 8) return false;
    const { buffer: prefix } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    const headerBytes = prefix.readBigUInt64LE();
    if (headerBytes > BigInt(Math.min(MAX_HEADER_BYTES, size - 8))) return false;
    const length = Number(headerBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 8);
    const end = bytesRead === length ? dataEnd(buffer) : undefined;
    return end !== undefined && 8 + length + end === size;
  } finally {
    await handle.close();
  }
}

/** The largest offset of a tensor's end; undefined where the header isn't one. */
function dataEnd(header: Uint8Array): number | undefined {
  try {
    const parsed = v.safeParse(headerSchema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header)));
    if (!parsed.success) return undefined;
    let end = 0;
    for (const [name, value] of Object.entries(parsed.output)) {
      if (name === '__metadata__') continue;
      const tensor = v.safeParse(tensorSchema, value);
      if (!tensor.success) return undefined;
      end = Math.max(end, tensor.output.data_offsets[1]);
    }
    return end;
  } catch {
    return undefined;
  }
}
