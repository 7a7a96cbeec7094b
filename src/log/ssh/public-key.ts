import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { canonicalBase64, Malformed, WireReader } from './wire.ts';

const CURVES = { nistp256: 32, nistp384: 48, nistp521: 66 } as const;
const JWK_CURVES = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' } as const;
export type Curve = keyof typeof CURVES;

/** RSA keys that every library takes. */
const RSA_BYTES = { least: 256, most: 1024 };
const MAX_KEY_LINE = 4096;
/** 2^255 - 19, the last number that isn't a coordinate of an Ed25519 key. */
const ED25519_PRIME = 2n ** 255n - 19n;

export interface PublicKey {
  readonly scheme:
    | { readonly kind: 'ed25519' }
    | { readonly kind: 'ecdsa'; readonly curve: Curve }
    | { readonly kind: 'rsa'; readonly sizeBytes: number };
  readonly type: string;
  /** Of a key in a security key: the application that it was made for. */
  readonly application?: Uint8Array;
  readonly keyObject: KeyObject;
}

export type ParsedKey =
  | { readonly kind: 'key'; readonly key: PublicKey }
  /** Of a type that only a newer program may know. */
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Reads `<type> <base64>`, as in authorized_keys and allowed_signers, without options and comment. Never throws. */
export function parsePublicKey(line: string): ParsedKey {
  const [, type, base64] =
    /^([a-z0-9][a-z0-9@.-]{0,63}) ([A-Za-z0-9+/]+={0,2})$/.exec(line.slice(0, MAX_KEY_LINE)) ?? [];
  const blob = base64 === undefined || line.length > MAX_KEY_LINE ? undefined : canonicalBase64(base64);
  if (type === undefined || !blob) return { kind: 'malformed', problem: 'is not written as `<type> <base64>`' };
  try {
    const wire = new WireReader(blob);
    if (wire.text() !== type) throw new Malformed('is of another type than it says');
    const body = BODIES.get(type);
    if (!body) return { kind: 'unknown', type };
    const read = body(wire);
    wire.end();
    return { kind: 'key', key: { type, ...read, keyObject: keyObjectOf(read.jwk) } };
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

/** How ssh-keygen shows a key: the SHA-256 of its bytes. */
export function fingerprintOfKey(line: string): string {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

type Body = Pick<PublicKey, 'scheme' | 'application'> & { readonly jwk: JsonWebKey };

/** What follows the name of a type in its keys. Those that begin with `sk` are in security keys. */
const BODIES: ReadonlyMap<string, (wire: WireReader) => Body> = new Map([
  ['ssh-ed25519', ed25519],
  ['ssh-rsa', rsa],
  ['ecdsa-sha2-nistp256', (wire) => ecdsa(wire, 'nistp256')],
  ['ecdsa-sha2-nistp384', (wire) => ecdsa(wire, 'nistp384')],
  ['ecdsa-sha2-nistp521', (wire) => ecdsa(wire, 'nistp521')],
  ['sk-ssh-ed25519@openssh.com', (wire) => ({ ...ed25519(wire), application: applicationIn(wire) })],
  ['sk-ecdsa-sha2-nistp256@openssh.com', (wire) => ({ ...ecdsa(wire, 'nistp256'), application: applicationIn(wire) })],
] satisfies [string, (wire: WireReader) => Body][]);

function ed25519(wire: WireReader): Body {
  const bytes = wire.string();
  if (bytes.length !== 32) throw new Malformed('has a point of another length');
  const reversed = Buffer.from(bytes).reverse();
  reversed.writeUInt8((reversed[0] ?? 0) & 0x7f, 0);
  // Another form of the same point, which not every library takes.
  if (BigInt(`0x${reversed.toString('hex')}`) >= ED25519_PRIME) throw new Malformed('has a point that is not one');
  return { scheme: { kind: 'ed25519' }, jwk: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') } };
}

function ecdsa(wire: WireReader, curve: Curve): Body {
  if (wire.text() !== curve) throw new Malformed('names another curve');
  const point = wire.string();
  const length = CURVES[curve];
  if (point.length !== 1 + 2 * length || point[0] !== 4) throw new Malformed('has a point of another form');
  const x = point.subarray(1, 1 + length).toString('base64url');
  const y = point.subarray(1 + length).toString('base64url');
  return { scheme: { kind: 'ecdsa', curve }, jwk: { kty: 'EC', crv: JWK_CURVES[curve], x, y } };
}

function rsa(wire: WireReader): Body {
  const exponent = wire.positive(4);
  const modulus = wire.positive(RSA_BYTES.most);
  const isOdd = ((exponent.at(-1) ?? 0) & (modulus.at(-1) ?? 0) & 1) === 1;
  if (!isOdd || exponent.equals(Buffer.of(1))) throw new Malformed('has numbers that no RSA key has');
  if (modulus.length < RSA_BYTES.least) throw new Malformed('has fewer than 2048 bits');
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
  return { scheme: { kind: 'rsa', sizeBytes: modulus.length }, jwk };
}

function applicationIn(wire: WireReader): Uint8Array {
  const application = wire.string();
  if (application.length > 256) throw new Malformed('names a long application');
  return application;
}

function keyObjectOf(jwk: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new Malformed('has a point that is not on its curve');
  }
}

/** So many bytes has each of the two numbers of a signature. */
export function numberLengthOf(curve: Curve): number {
  return CURVES[curve];
}
