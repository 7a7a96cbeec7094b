/** Reads the elements of a dtype as numbers. */
export interface NumberDecoder {
  readonly itemBytes: number;
  /** Writes one number for each element of `bytes`, a whole number of elements, into `out`. */
  decode(bytes: Uint8Array, out: Float64Array): void;
}

/** Undefined for dtypes whose elements aren't numbers by themselves, as those of quantised blocks. */
export function decoderOf(dtype: string): NumberDecoder | undefined {
  return Object.hasOwn(DECODERS, dtype) ? DECODERS[dtype] : undefined;
}

type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;
type NumberArrayClass = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumberArray;
};

/** Elements as the machine has them: little-endian, as everything that runs an editor. */
function native(Numbers: NumberArrayClass): NumberDecoder {
  return {
    itemBytes: Numbers.BYTES_PER_ELEMENT,
    decode: (bytes, out) => out.set(viewOf(Numbers, bytes)),
  };
}

/** 64-bit integers, which a number may hold only nearly. */
function wide(High: NumberArrayClass): NumberDecoder {
  return {
    itemBytes: 8,
    decode(bytes, out) {
      const low = viewOf(Uint32Array, bytes);
      const high = viewOf(High, bytes);
      const count = bytes.length / 8;
      for (let index = 0; index < count; index += 1)
        out[index] = (high[2 * index + 1] ?? 0) * 2 ** 32 + (low[2 * index] ?? 0);
    },
  };
}

/** Short floats by a table of all that there are, made at the first use. */
function short(Numbers: NumberArrayClass, bits: number, toNumber: (pattern: number) => number): NumberDecoder {
  let table: Float64Array | undefined;
  return {
    itemBytes: bits / 8,
    decode(bytes, out) {
      table ??= Float64Array.from({ length: 2 ** bits }, (_, pattern) => toNumber(pattern));
      const patterns = viewOf(Numbers, bytes);
      for (let index = 0; index < patterns.length; index += 1) out[index] = table[patterns[index] ?? 0] ?? 0;
    },
  };
}

function viewOf(Numbers: NumberArrayClass, bytes: Uint8Array): NumberArray {
  const size = Numbers.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Numbers(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / size));
}

/** A float of `exponentBits` and `fractionBits` as IEEE 754 builds them; with `hasNoInfinity` as the 8-bit formats without infinities. */
function floatOf(pattern: number, exponentBits: number, fractionBits: number, hasNoInfinity = false): number {
  const sign = pattern >> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (pattern >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = pattern & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  const highest = 2 ** exponentBits - 1;
  if (exponent === highest && hasNoInfinity && fraction === 2 ** fractionBits - 1) return Number.NaN;
  if (exponent === highest && !hasNoInfinity) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

const DECODERS: Readonly<Record<string, NumberDecoder>> = {
  float64: native(Float64Array),
  float32: native(Float32Array),
  float16: short(Uint16Array, 16, (pattern) => floatOf(pattern, 5, 10)),
  bfloat16: short(Uint16Array, 16, (pattern) => floatOf(pattern, 8, 7)),
  float8_e5m2: short(Uint8Array, 8, (pattern) => floatOf(pattern, 5, 2)),
  float8_e4m3fn: short(Uint8Array, 8, (pattern) => floatOf(pattern, 4, 3, true)),
  int64: wide(Int32Array),
  uint64: wide(Uint32Array),
  int32: native(Int32Array),
  uint32: native(Uint32Array),
  int16: native(Int16Array),
  uint16: native(Uint16Array),
  int8: native(Int8Array),
  uint8: native(Uint8Array),
  bool: native(Uint8Array),
};
