/** A field of a protobuf message, as it is on the wire (https://protobuf.dev/programming-guides/encoding). */
export type ProtobufField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'fixed64'; readonly bytes: Uint8Array }
  | { readonly number: number; readonly kind: 'fixed32'; readonly bytes: Uint8Array }
  | { readonly number: number; readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** Thrown where bytes are no message. */
export class ProtobufInvalid extends Error {}

/** The fields of a message in their order; what they hold are views of `message`. Throws `ProtobufInvalid`, after the fields before. */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let place = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[place];
      if (byte === undefined) break;
      place += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufInvalid('a number is cut off or too long');
  };
  const take = (length: number): Uint8Array => {
    if (length > message.length - place) throw new ProtobufInvalid('a field is longer than its message');
    place += length;
    return message.subarray(place - length, place);
  };
  while (place < message.length) {
    const key = varint();
    const number = Number(key >> 3n);
    if (number === 0 || number > 0x1fffffff) throw new ProtobufInvalid('a field has an impossible number');
    const wire = Number(key & 7n);
    if (wire === 0) yield { number, kind: 'varint', value: varint() };
    else if (wire === 1) yield { number, kind: 'fixed64', bytes: take(8) };
    else if (wire === 2) yield { number, kind: 'bytes', bytes: take(lengthOf(varint())) };
    else if (wire === 5) yield { number, kind: 'fixed32', bytes: take(4) };
    else throw new ProtobufInvalid(`a field has the unknown kind ${wire}`);
  }
}

function lengthOf(value: bigint): number {
  if (value > 0x7fffffffn) throw new ProtobufInvalid('a field is longer than its message');
  return Number(value);
}

/** The number in a `double`, `float` or (signed) integer field; undefined for text and messages. */
export function protobufNumber(field: ProtobufField): number | undefined {
  if (field.kind === 'varint') return Number(BigInt.asIntN(64, field.value));
  if (field.kind === 'bytes') return undefined;
  const view = new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.byteLength);
  return field.kind === 'fixed64' ? view.getFloat64(0, true) : view.getFloat32(0, true);
}

/** The text of a string field; undefined for numbers. */
export function protobufText(field: ProtobufField): string | undefined {
  return field.kind === 'bytes' ? new TextDecoder().decode(field.bytes) : undefined;
}
