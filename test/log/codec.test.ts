import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/base/hash.ts';
import { claimedPrev, decodeCommit, encodeCommit, hashOfCommit, MAX_COMMIT_BYTES } from '../../src/log/commit.ts';
import { decodeIntent } from '../../src/log/intent.ts';

const AT = '2026-05-03T12:00:00.000Z';
const before = { seq: 6, hash: sha256Hex('six') };
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.string().map((text) => new TextEncoder().encode(text)),
  fc.json().map((text) => new TextEncoder().encode(text)),
);

describe('commits', () => {
  it('keep the bytes of their intents', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte === 10 ? 11 : byte))),
          { minLength: 1, maxLength: 50 },
        ),
        (intents) => {
          const bytes = encodeCommit({ v: 1, seq: 7, prev: before.hash, at: AT }, intents);
          const decoded = decodeCommit(bytes, before);
          expect(decoded).toMatchObject({ kind: 'commit', envelope: { v: 1, seq: 7, prev: before.hash, at: AT } });
          expect(decoded.kind === 'commit' && decoded.intents).toHaveLength(intents.length);
          expect(claimedPrev(bytes)).toBe(before.hash);
        },
      ),
    );
  });

  it('are void, and nothing worse, whatever bytes they are', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(decodeCommit(bytes, before).kind).toBe('void');
        expect(hashOfCommit(bytes)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('are void with one byte changed in the envelope, or an intent changes', () => {
    const intent = new TextEncoder().encode('{"id":"x"}');
    const bytes = encodeCommit({ v: 1, seq: 7, prev: before.hash, at: AT }, [intent]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 7 }), (place, bit) => {
        const changed = bytes.slice();
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        expect(hashOfCommit(changed)).not.toBe(hashOfCommit(bytes));
      }),
    );
  });

  it('of more than 1 MiB are void, and hashed over their first MiB', () => {
    const long = new Uint8Array(MAX_COMMIT_BYTES + 1);
    expect(decodeCommit(long, before)).toMatchObject({ kind: 'void' });
    expect(hashOfCommit(long)).toBe(sha256Hex(new Uint8Array(MAX_COMMIT_BYTES)));
  });
});

describe('intents', () => {
  it('are malformed, and nothing worse, whatever bytes they are', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(decodeIntent(bytes).kind).toBe('malformed');
      }),
    );
  });

  it('take no names that JavaScript gives a meaning to', () => {
    const line = `{"id":"01M84GD1DEN1NTENT000000001","registryId":"01M84GD1DENREG1STRY0000000","by":{"name":"A","email":""},"askedAt":"${AT}","via":"cli","events":[{"type":"model.updated","model":"01M84GD1DENM0DE1FRAVD00000","setTags":{"__proto__":"x","a":"1"}}]}`;
    const decoded = decodeIntent(new TextEncoder().encode(line));
    expect(decoded.kind).toBe('intent');
    const event = decoded.kind === 'intent' ? decoded.intent.events[0] : undefined;
    const tags = event && 'setTags' in event ? event.setTags : undefined;
    expect(Object.entries(tags ?? {})).toEqual([['a', '1']]);
    expect(Object.getPrototypeOf(tags)).toBe(Object.prototype);
  });
});
