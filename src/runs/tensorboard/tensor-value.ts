import { type ProtobufField, protobufFields, protobufNumber, protobufText } from '../../base/protobuf.ts';

/** DataType of TensorFlow (types.proto): those that a scalar has. */
const FLOAT = 1;
const DOUBLE = 2;
const INT32 = 3;
const INT64 = 9;

/** The number in a TensorProto that holds a single one; undefined for all else. */
export function scalarOfTensor(tensor: Uint8Array): number | undefined {
  let type = 0;
  let isScalar = true;
  let content: Uint8Array | undefined;
  let value: number | undefined;
  for (const field of protobufFields(tensor)) {
    if (field.number === 1) type = protobufNumber(field) ?? 0;
    else if (field.number === 2 && field.kind === 'bytes') isScalar = elementsOf(field.bytes) === 1;
    else if (field.number === 4 && field.kind === 'bytes') content = field.bytes;
    else if ([5, 6, 7, 10].includes(field.number)) value ??= numberIn(field);
  }
  if (!isScalar) return undefined;
  return content && content.length > 0 ? numberOf(content, type) : value;
}

/** The text in a TensorProto, of its first element. */
export function textOfTensor(tensor: Uint8Array): string | undefined {
  for (const field of protobufFields(tensor)) if (field.number === 8) return protobufText(field);
  return undefined;
}

/** TensorShapeProto: the product of its sizes; 1 without any. */
function elementsOf(shape: Uint8Array): number {
  let elements = 1;
  for (const dimension of protobufFields(shape)) {
    if (dimension.number !== 2 || dimension.kind !== 'bytes') continue;
    const size = [...protobufFields(dimension.bytes)].find(({ number }) => number === 1);
    elements *= size ? (protobufNumber(size) ?? 0) : 0;
  }
  return elements;
}

/** float_val (5), double_val (6), int_val (7) and int64_val (10), one by one or packed. */
function numberIn(field: ProtobufField): number | undefined {
  if (field.kind !== 'bytes') return protobufNumber(field);
  if (field.number === 5) return numberOf(field.bytes, FLOAT);
  if (field.number === 6) return numberOf(field.bytes, DOUBLE);
  // A packed number is written as one that stands alone: read it as the field of a message.
  const [packed] = protobufFields(Uint8Array.from([8, ...field.bytes.subarray(0, 10)]));
  return packed && protobufNumber(packed);
}

function numberOf(bytes: Uint8Array, type: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === FLOAT) return bytes.length < 4 ? undefined : view.getFloat32(0, true);
  if (type === INT32) return bytes.length < 4 ? undefined : view.getInt32(0, true);
  if (bytes.length < 8) return undefined;
  if (type === DOUBLE) return view.getFloat64(0, true);
  return type === INT64 ? Number(view.getBigInt64(0, true)) : undefined;
}
