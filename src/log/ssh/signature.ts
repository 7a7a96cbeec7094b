import { constants, createHash, verify } from 'node:crypto';
import { numberLengthOf, type PublicKey } from './public-key.ts';
import { canonicalBase64, Malformed, WireReader, wireString } from './wire.ts';

/** What signatures of this registry are for: one that was made for anything else counts for nothing here. */
export const SIGNATURE_NAMESPACE = 'model-registry';
/** The longest signature in base64 that is looked at: three times what the longest RSA keys need. */
export const MAX_SIGNATURE_CHARACTERS = 8192;

const MAGIC = 'SSHSIG';
const VERSION = 1;
const USER_PRESENT = 1;
const HASHES = ['sha512', 'sha256'] as const;
const CURVE_HASHES = { nistp256: 'sha256', nistp384: 'sha384', nistp521: 'sha512' } as const;
const RSA_HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
]);

/** A signature as `ssh-keygen -Y sign` makes it (PROTOCOL.sshsig), with the key that it says made it. */
export interface SshSignature {
  /** `<type> <base64>` */
  readonly key: string;
  readonly hash: (typeof HASHES)[number];
  readonly inner: Uint8Array;
}

/** Reads the base64 of a signature; undefined for what isn't one for this registry's namespace. Never throws. */
export function parseSignature(base64: string): SshSignature | undefined {
  const blob = base64.length > MAX_SIGNATURE_CHARACTERS ? undefined : canonicalBase64(base64);
  if (!blob) return undefined;
  try {
    const wire = new WireReader(blob);
    if (wire.bytes(MAGIC.length).toString('latin1') !== MAGIC || wire.number() !== VERSION) return undefined;
    const key = wire.string();
    const namespace = wire.text();
    const reserved = wire.string();
    const hashName = wire.text();
    const inner = wire.string();
    wire.end();
    const hash = HASHES.find((name) => name === hashName);
    if (namespace !== SIGNATURE_NAMESPACE || reserved.length > 0 || hash === undefined) return undefined;
    const type = new WireReader(key).text();
    return { key: `${type} ${key.toString('base64')}`, hash, inner };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Whether `key` signed these bytes. `key` has to be the one that the signature names. */
export function isSignedBy(key: PublicKey, signature: SshSignature, message: Uint8Array): boolean {
  const signed = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    wireString(SIGNATURE_NAMESPACE),
    wireString(''),
    wireString(signature.hash),
    wireString(createHash(signature.hash).update(message).digest()),
  ]);
  try {
    const wire = new WireReader(signature.inner);
    const type = wire.text();
    const value = wire.string();
    if (!key.application) {
      wire.end();
      return fits(key, type, value, signed);
    }
    const flags = wire.byte();
    const counter = wire.bytes(4);
    wire.end();
    // A security key says by a flag that a person touched it.
    if ((flags & USER_PRESENT) === 0) return false;
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    return fits(key, type, value, Buffer.concat([digest(key.application), Buffer.of(flags), counter, digest(signed)]));
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

function fits(
  { scheme, type: keyType, keyObject }: PublicKey,
  type: string,
  value: Buffer,
  signed: Uint8Array,
): boolean {
  if (scheme.kind === 'rsa') {
    const hash = RSA_HASHES.get(type);
    if (hash === undefined || value.length !== scheme.sizeBytes) return false;
    return verify(hash, signed, { key: keyObject, padding: constants.RSA_PKCS1_PADDING }, value);
  }
  if (type !== keyType) return false;
  if (scheme.kind === 'ed25519') return value.length === 64 && verify(null, signed, keyObject, value);
  const length = numberLengthOf(scheme.curve);
  const numbers = new WireReader(value);
  const both = [numbers.positive(length), numbers.positive(length)];
  numbers.end();
  const fixed = Buffer.concat(both.map((number) => Buffer.concat([Buffer.alloc(length - number.length), number])));
  return verify(CURVE_HASHES[scheme.curve], signed, { key: keyObject, dsaEncoding: 'ieee-p1363' }, fixed);
}

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';

/** The base64 between the lines that ssh-keygen writes around it; undefined for anything else. */
export function withoutArmor(text: string): string | undefined {
  const lines = text.trim().split(/\r?\n/);
  const base64 = lines.slice(1, -1).join('');
  const isWhole = lines[0] === BEGIN && lines.at(-1) === END && canonicalBase64(base64) !== undefined;
  return isWhole ? base64 : undefined;
}
