import type { Random } from '../../simulation/random.ts';
import type { Files } from './corpus.ts';

/** A model that no framework would write: structures of each kind, with lengths, depths and pointers as they come. */
export function generated(random: Random): Files {
  const kind = random.pick(KINDS);
  return kind(random);
}

const KINDS: readonly ((random: Random) => Files)[] = [
  (random) => one('m.safetensors', withLength(Buffer.from(json(random, 0)), random)),
  (random) => one('m.safetensors', withLength(Buffer.from(tensorsJson(random)), random)),
  (random) =>
    new Map([
      ['model.safetensors.index.json', Buffer.from(json(random, 0))],
      ['model-1.safetensors', withLength(Buffer.from(tensorsJson(random)), random)],
    ]),
  (random) => one('m.onnx', proto(random, 0)),
  (random) => one('m.mlmodel', proto(random, 0)),
  (random) => one('saved_model.pb', proto(random, 0)),
  (random) => one('m.gguf', gguf(random)),
  (random) => one('m.tflite', flatbuffer(random)),
  (random) => one('m.h5', hdf5(random)),
  (random) => one('config.json', Buffer.from(json(random, 0))),
  (random) => one(random.pick(['m.keras', 'm.pt']), zip(random)),
  (random) => one(random.pick(['m.pkl', 'm.joblib', 'm.bin']), pickle(random)),
];

function one(name: string, bytes: Uint8Array): Files {
  return new Map([[name, bytes]]);
}

const NAMES = [
  'a',
  'layer.0.weight',
  '__proto__',
  'constructor',
  'dtype',
  'shape',
  'data_offsets',
  '__metadata__',
  'weight_map',
  'config',
  'class_name',
  'module',
  '',
];

function number(random: Random): string {
  return random.pick([
    '0',
    '1',
    '-1',
    '4',
    '1e400',
    '9007199254740993',
    '1.5',
    String(random.below(100_000)),
    '"7"',
    'null',
  ]);
}

function json(random: Random, depth: number): string {
  if (depth > random.below(7)) return number(random);
  const count = random.below(5);
  const items = Array.from({ length: count }, () => json(random, depth + 1));
  if (random.chance(0.3)) return `[${items.join()}]`;
  if (random.chance(0.1)) return `"${random.pick(NAMES)}"`;
  return `{${items.map((item) => `"${random.pick(NAMES)}":${item}`).join()}}`;
}

function tensorsJson(random: Random): string {
  const numbers = () => Array.from({ length: random.below(4) }, () => number(random)).join();
  const entries = Array.from({ length: random.below(6) }, () => {
    const dtype = random.pick(['F32', 'BF16', 'U8', 'F4', 'XYZ', '']);
    return `"${random.pick(NAMES)}":{"dtype":"${dtype}","shape":[${numbers()}],"data_offsets":[${numbers()}]}`;
  });
  return `{${entries.join()}}`;
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function large(random: Random): bigint {
  return random.pick([
    0n,
    1n,
    2n,
    7n,
    31n,
    100n,
    4096n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
  ]);
}

function withLength(header: Buffer, random: Random): Buffer {
  const length = random.chance(0.8) ? BigInt(header.length) : large(random);
  return Buffer.concat([u64(length), header, Buffer.alloc(random.below(200))]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

const FIELDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 100, 500, 502, 600];

function proto(random: Random, depth: number, budget = { left: 300 }): Buffer {
  const parts: Buffer[] = [];
  for (let count = 1 + random.below(7); count > 0 && budget.left > 0; count -= 1) {
    budget.left -= 1;
    const field = random.pick(FIELDS);
    const wire = random.pick([0, 1, 2, 2, 2, 2, 5, random.below(8)]);
    parts.push(varint(BigInt(field * 8 + wire)));
    if (wire === 0) parts.push(varint(large(random)));
    else if (wire === 1) parts.push(u64(large(random)));
    else if (wire === 5) parts.push(u32(random.below(2 ** 32)));
    else {
      const inside = depth < random.below(90) ? proto(random, depth + 1, budget) : Buffer.from(random.pick(NAMES));
      parts.push(varint(random.chance(0.95) ? BigInt(inside.length) : large(random)), inside);
    }
  }
  return Buffer.concat(parts);
}

function gguf(random: Random): Buffer {
  const [tensors, values] = [random.below(4), random.below(5)];
  const text = () => {
    const bytes = Buffer.from(random.pick([...NAMES, 'general.alignment', 'general.architecture']));
    return [u64(random.chance(0.95) ? BigInt(bytes.length) : large(random)), bytes];
  };
  const parts = [
    Buffer.from('GGUF'),
    u32(random.pick([2, 3, 3, 3, 1, 0x03000000])),
    u64(random.chance(0.9) ? BigInt(tensors) : large(random)),
    u64(random.chance(0.9) ? BigInt(values) : large(random)),
  ];
  for (let index = 0; index < values; index += 1) {
    const type = random.below(14);
    parts.push(...text(), u32(type));
    if (type === 8) parts.push(...text());
    else if (type === 9)
      parts.push(
        u32(random.below(13)),
        u64(random.chance(0.5) ? BigInt(random.below(9)) : large(random)),
        Buffer.alloc(random.below(64)),
      );
    else parts.push(Buffer.alloc([1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8, 0][type] ?? 0, random.below(256)));
  }
  for (let index = 0; index < tensors; index += 1) {
    const dimensions = random.below(5);
    parts.push(...text(), u32(dimensions));
    for (let size = 0; size < dimensions; size += 1)
      parts.push(u64(random.chance(0.7) ? BigInt(random.below(512)) : large(random)));
    parts.push(u32(random.below(42)), u64(random.chance(0.7) ? BigInt(32 * random.below(9)) : large(random)));
  }
  return Buffer.concat([...parts, Buffer.alloc(random.below(4096))]);
}

/** Words that are mostly short ways forward, as pointers of a FlatBuffer are. */
function flatbuffer(random: Random): Buffer {
  const words = Array.from({ length: 8 + random.below(600) }, () =>
    u32(random.chance(0.85) ? random.below(64) : random.below(2 ** 32)),
  );
  return Buffer.concat([u32(8 + 4 * random.below(8)), Buffer.from('TFL3'), ...words]);
}

function hdf5(random: Random): Buffer {
  const signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
  const marks = [
    'TREE',
    'SNOD',
    'HEAP',
    'OHDR',
    'OCHK',
    'GCOL',
    '\x01\0\x05\0',
    '\x03\0\x08\0',
    '\x0c\0\x20\0',
    '\x10\0\x10\0',
  ];
  const words = Array.from({ length: 12 + random.below(300) }, () => {
    if (random.chance(0.2)) return Buffer.from(random.pick(marks).padEnd(8, '\0'), 'latin1');
    return u64(random.chance(0.8) ? BigInt(8 * random.below(300)) : large(random));
  });
  const version = random.pick([0, 0, 0, 1, 2, 3, 9]);
  const sizes = Buffer.from(version < 2 ? [version, 0, 0, 0, 0, 8, 8, 0] : [version, 8, 8, 0, 0, 0, 0, 0]);
  const bytes = Buffer.concat([signature, sizes, ...words]);
  if (version < 2 && bytes.length > 48) bytes.writeBigUInt64LE(BigInt(bytes.length), 40);
  return bytes;
}

function zip(random: Random): Buffer {
  const names = [
    'config.json',
    'metadata.json',
    'model.weights.h5',
    'archive/data.pkl',
    'archive/version',
    '../../evil',
    '__proto__',
    '/abs',
  ];
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const count = random.below(5);
  for (let index = 0; index < count; index += 1) {
    const name = Buffer.from(random.pick(names));
    const content = random.chance(0.5)
      ? Buffer.from(json(random, 0))
      : random.chance(0.5)
        ? hdf5(random)
        : pickle(random);
    const size = () => (random.chance(0.95) ? content.length : Number(large(random) & 0xffff_ffffn));
    const method = random.pick([0, 0, 0, 8]);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(name.length, 26);
    locals.push(local, name, content);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(size(), 20);
    entry.writeUInt32LE(size(), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(random.chance(0.95) ? offset : random.below(2 ** 32), 42);
    directory.push(entry, name);
    offset += 30 + name.length + content.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(random.chance(0.95) ? count : 0xffff, 10);
  end.writeUInt32LE(random.chance(0.95) ? listed.length : random.below(2 ** 32), 12);
  end.writeUInt32LE(random.chance(0.95) ? offset : random.below(2 ** 32), 16);
  return Buffer.concat([...locals, listed, end]);
}

const OPCODES =
  '(.012FGIJKLMNPQRSTUVXabcdegh]}iljopqrstu\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98BC';
const PIECES = [
  'cos\nsystem\n',
  'ctorch._utils\n_rebuild_tensor_v2\n',
  'csklearn.svm\nSVC\n',
  '\x8c\x02os\x8c\x06system\x93',
  'Vname\n',
  'I7\n',
  'K\x07',
  '(',
  ')',
  '}',
  ']',
  'q\x00',
  'h\x00',
  'R',
  'b',
  'u',
  's',
  '\x94',
];

/** A pickle of opcodes and arguments in no order. */
function pickle(random: Random): Buffer {
  const parts = ['\x80', String.fromCharCode(random.below(6))];
  for (let count = random.below(200); count > 0; count -= 1)
    parts.push(random.chance(0.6) ? random.pick(PIECES) : (OPCODES[random.below(OPCODES.length)] ?? ''));
  if (random.chance(0.1)) parts.push('2'.repeat(5000), '\x85'.repeat(5000));
  return Buffer.from(`${parts.join('')}.`, 'latin1');
}
