import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { joinSignedLine } from '../../src/log/signed-line.ts';

/** A key that signs as ssh-keygen does, the same for the same name. */
export interface SigningKey {
  /** `ssh-ed25519 <base64>` */
  readonly line: string;
  /** The base64 of a signature. */
  sign(text: Uint8Array, namespace?: string): string;
  /** The line of an intent with its signature. */
  signLine(text: Uint8Array): Uint8Array;
}

export function signingKey(name: string): SigningKey {
  const seed = createHash('sha256').update(name).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const blob = fields('ssh-ed25519', Buffer.from(x ?? '', 'base64url'));
  const signText = (text: Uint8Array, namespace = 'model-registry') =>
    signatureOf({
      blob,
      namespace,
      text,
      make: (signed) => fields('ssh-ed25519', sign(null, signed, privateKey)),
    });
  return {
    line: `ssh-ed25519 ${blob.toString('base64')}`,
    sign: signText,
    signLine: (text) => joinSignedLine(text, signText(text)),
  };
}

/** A signature in base64, of a key of any kind. */
export function signatureOf(options: {
  readonly blob: Uint8Array;
  readonly text: Uint8Array;
  readonly make: (signed: Buffer) => Uint8Array;
  readonly namespace?: string;
  readonly reserved?: string;
  readonly hash?: string;
  readonly version?: number;
}): string {
  const { blob, text, make, namespace = 'model-registry', reserved = '', hash = 'sha512', version = 1 } = options;
  const digest = createHash(hash === 'sha256' ? 'sha256' : 'sha512')
    .update(text)
    .digest();
  const signed = Buffer.concat([Buffer.from('SSHSIG'), fields(namespace, reserved, hash, digest)]);
  const number = Buffer.alloc(4);
  number.writeUInt32BE(version);
  const rest = fields(blob, namespace, reserved, hash, make(signed));
  return Buffer.concat([Buffer.from('SSHSIG'), number, rest]).toString('base64');
}

/** Each with its length before it. */
export function fields(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** What ssh-keygen puts around a signature. */
export function armored(base64: string): string {
  const lines = base64.match(/.{1,70}/g) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}
