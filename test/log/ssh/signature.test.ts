import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOfKey, parsePublicKey } from '../../../src/log/ssh/public-key.ts';
import { isSignedBy, parseSignature, withoutArmor } from '../../../src/log/ssh/signature.ts';
import { armored, fields, signatureOf, signingKey } from '../signing-key.ts';

const text = new TextEncoder().encode('{"id":"an intent"}');

/** Whether the signature is one of `line`'s key, of `message`. */
function isGood(line: string, base64: string, message: Uint8Array = text): boolean {
  const parsed = parsePublicKey(line);
  const signature = parseSignature(base64);
  return parsed.kind === 'key' && signature?.key === line && isSignedBy(parsed.key, signature, message);
}

function lineOf(type: string, blob: Buffer): string {
  return `${type} ${blob.toString('base64')}`;
}

function mpint(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const number = bytes.subarray(Math.max(start, 0));
  return (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), number]) : number;
}

interface Kind {
  readonly name: string;
  make(): { readonly line: string; readonly base64: string };
}

function jwkOf(key: KeyObject): { readonly x: Buffer; readonly y: Buffer; readonly n: Buffer; readonly e: Buffer } {
  const { x = '', y = '', n = '', e = '' } = key.export({ format: 'jwk' });
  const [bx, by, bn, be] = [x, y, n, e].map((value) => Buffer.from(value, 'base64url'));
  const none = Buffer.alloc(0);
  return { x: bx ?? none, y: by ?? none, n: bn ?? none, e: be ?? none };
}

function ecdsa(curve: 'nistp256' | 'nistp384' | 'nistp521', hash: string, security: boolean): Kind {
  const type = security ? `sk-ecdsa-sha2-${curve}@openssh.com` : `ecdsa-sha2-${curve}`;
  return {
    name: type,
    make() {
      const namedCurve = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' }[curve];
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
      const { x, y } = jwkOf(publicKey);
      const point = Buffer.concat([Buffer.of(4), x, y]);
      const blob = security ? fields(type, curve, point, 'ssh:') : fields(type, curve, point);
      const make = (signed: Buffer) => {
        const both = sign(hash, signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        const half = both.length / 2;
        return fields(type, fields(mpint(both.subarray(0, half)), mpint(both.subarray(half))));
      };
      return { line: lineOf(type, blob), base64: signatureOf({ blob, text, make: security ? touched(make) : make }) };
    },
  };
}

function rsa(type: string, hash: string, bits = 2048): Kind {
  return {
    name: `${type}, ${bits} bits`,
    make() {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
      const { n, e } = jwkOf(publicKey);
      const blob = fields('ssh-rsa', mpint(e), mpint(n));
      const make = (signed: Buffer) =>
        fields(type, sign(hash, signed, { key: privateKey, padding: constants.RSA_PKCS1_PADDING }));
      return { line: lineOf('ssh-rsa', blob), base64: signatureOf({ blob, text, make }) };
    },
  };
}

/** What a security key signs, and what it says beside it. */
function touched(make: (signed: Buffer) => Buffer, flags = 1): (signed: Buffer) => Buffer {
  const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
  const beside = Buffer.of(flags, 0, 0, 0, 7);
  return (signed) => Buffer.concat([make(Buffer.concat([sha256('ssh:'), beside, sha256(signed)])), beside]);
}

function securityKey(flags: number): Kind {
  const type = 'sk-ssh-ed25519@openssh.com';
  return {
    name: `${type} with flags ${flags}`,
    make() {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const blob = fields(type, jwkOf(publicKey).x, 'ssh:');
      const make = touched((signed) => fields(type, sign(null, signed, privateKey)), flags);
      return { line: lineOf(type, blob), base64: signatureOf({ blob, text, make }) };
    },
  };
}

const ann = signingKey('ann');

describe('signatures of SSH keys', () => {
  it.each<Kind>([
    { name: 'ssh-ed25519', make: () => ({ line: ann.line, base64: ann.sign(text) }) },
    ecdsa('nistp256', 'sha256', false),
    ecdsa('nistp384', 'sha384', false),
    ecdsa('nistp521', 'sha512', false),
    ecdsa('nistp256', 'sha256', true),
    rsa('rsa-sha2-256', 'sha256'),
    rsa('rsa-sha2-512', 'sha512'),
    securityKey(1),
  ])('of $name are checked, each of this text alone', ({ make }) => {
    const { line, base64 } = make();
    expect(isGood(line, base64)).toBe(true);
    expect(isGood(line, base64, new TextEncoder().encode('{"id":"another"}'))).toBe(false);
    expect(isGood(ann.line, base64)).toBe(line === ann.line);
    expect(withoutArmor(armored(base64))).toBe(base64);
  });

  it.each([rsa('ssh-rsa', 'sha1'), rsa('rsa-sha2-512', 'sha512', 1024), securityKey(0)])(
    'of $name are not taken',
    ({ make }) => {
      const { line, base64 } = make();
      expect(isGood(line, base64)).toBe(false);
    },
  );

  it('made for another use, or in another way, are none', () => {
    const blob = Buffer.from(ann.line.split(' ')[1] ?? '', 'base64');
    const make = () => fields('ssh-ed25519', Buffer.alloc(64));
    const [, , ...none] = [
      {},
      { hash: 'sha256' },
      { namespace: 'git' },
      { reserved: 'x' },
      { hash: 'md5' },
      { version: 2 },
    ].map((changed) => parseSignature(signatureOf({ blob, text, make, ...changed })));
    expect(none).toEqual([undefined, undefined, undefined, undefined]);
    expect(parseSignature(signatureOf({ blob, text, make }))).toMatchObject({ key: ann.line, hash: 'sha512' });
  });

  it('have one form each: no bit can be changed, and nothing added or cut off', () => {
    const base64 = ann.sign(text);
    const bytes = Buffer.from(base64, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (place, bit) => {
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        expect(isGood(ann.line, changed.toString('base64'))).toBe(false);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 9 }), (length, more) => {
        expect(isGood(ann.line, bytes.subarray(0, length).toString('base64'))).toBe(false);
        expect(isGood(ann.line, Buffer.concat([bytes, more]).toString('base64'))).toBe(false);
      }),
    );
    for (const other of [`${base64}\n`, ` ${base64}`, base64.replace(/=*$/, ''), base64.replaceAll('+', '-')]) {
      expect(parseSignature(other) === undefined || other === base64).toBe(true);
    }
  });

  it('are none, and nothing worse, whatever bytes they are', () => {
    const magic = fc
      .uint8Array({ maxLength: 300 })
      .map((rest) => Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), rest]));
    const framed = fc
      .array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 })
      .map((parts) => Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), fields(...parts)]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), magic, framed), (bytes) => {
        expect(parseSignature(bytes.toString('base64'))).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.string(), (other) => {
        expect(parseSignature(other)).toBeUndefined();
        expect(withoutArmor(other)).toBeUndefined();
      }),
    );
    const inner = fc.uint8Array({ maxLength: 120 });
    const blob = Buffer.from(ann.line.split(' ')[1] ?? '', 'base64');
    fc.assert(
      fc.property(inner, (value) => {
        expect(isGood(ann.line, signatureOf({ blob, text, make: () => value }))).toBe(false);
        expect(isGood(ann.line, signatureOf({ blob, text, make: () => fields('ssh-ed25519', value) }))).toBe(false);
      }),
    );
  });
});

describe('public keys', () => {
  it('are told by what ssh-keygen calls them', () => {
    expect(fingerprintOfKey(ann.line)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('of a kind that isn’t known are no mistake', () => {
    const blob = fields('ssh-mldsa-44', 'key').toString('base64');
    expect(parsePublicKey(`ssh-mldsa-44 ${blob}`)).toEqual({ kind: 'unknown', type: 'ssh-mldsa-44' });
  });

  it('are malformed, and nothing worse, whatever they are', () => {
    const p256 = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]);
    const twoTo255 = Buffer.alloc(32, 0xff);
    const lines = [
      '',
      'ssh-ed25519',
      `${ann.line} comment`,
      ` ${ann.line}`,
      `ssh-rsa ${ann.line.split(' ')[1]}`,
      lineOf('ssh-ed25519', fields('ssh-ed25519', Buffer.alloc(31))),
      lineOf('ssh-ed25519', fields('ssh-ed25519', twoTo255)),
      lineOf('ssh-ed25519', fields('ssh-ed25519', Buffer.alloc(32), 'more')),
      lineOf('ecdsa-sha2-nistp256', fields('ecdsa-sha2-nistp256', 'nistp256', p256)),
      lineOf('ecdsa-sha2-nistp256', fields('ecdsa-sha2-nistp256', 'nistp384', p256)),
      lineOf('ssh-rsa', fields('ssh-rsa', Buffer.of(3), Buffer.alloc(2048, 0x7f))),
      lineOf('ssh-rsa', fields('ssh-rsa', Buffer.of(1), Buffer.alloc(256, 0x7f))),
      lineOf('ssh-rsa', fields('ssh-rsa', Buffer.of(1, 0, 0, 0, 1), Buffer.alloc(256, 0x7f))),
      lineOf('ssh-rsa', fields('ssh-rsa', Buffer.of(0, 3), Buffer.alloc(256, 0x7f))),
      lineOf('ssh-rsa', fields('ssh-rsa', Buffer.of(0x83), Buffer.alloc(256, 0x7f))),
    ];
    expect(lines.map((line) => parsePublicKey(line).kind)).toEqual(lines.map(() => 'malformed'));
    const types = fc.constantFrom('ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'sk-ssh-ed25519@openssh.com');
    fc.assert(
      fc.property(types, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }), (type, parts) => {
        const parsed = parsePublicKey(lineOf(type, fields(type, ...parts)));
        // By chance it may be one.
        expect(['malformed', 'key']).toContain(parsed.kind);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(parsePublicKey(line).kind).toBe('malformed');
      }),
    );
  });
});
