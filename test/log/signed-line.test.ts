import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIntent, encodeIntent, MAX_INTENT_BYTES } from '../../src/log/intent.ts';
import { joinSignedLine, proofOf, splitSignedLine } from '../../src/log/signed-line.ts';
import { signingKey } from './signing-key.ts';

const ann = signingKey('ann');
const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (line: Uint8Array) => new TextDecoder().decode(line);
const intent = (more: object = {}) =>
  bytes(
    JSON.stringify({
      id: '01M84GD1DEN1NTENT000000001',
      registryId: '01M84GD1DENREG1STRY0000000',
      by: { name: 'Ann', email: 'ann@example.org' },
      askedAt: '2026-05-03T12:00:00.000Z',
      via: 'cli',
      events: [{ type: 'weather.changed' }],
      ...more,
    }),
  );
const nonEmptyObjects = fc
  .dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
  .map((value) => bytes(JSON.stringify(value)));

describe('the line of a signed intent', () => {
  it('has the signed text in it, byte for byte, and says the same to who knows nothing of signatures', () => {
    fc.assert(
      fc.property(nonEmptyObjects, (text) => {
        const line = ann.signLine(text);
        const split = splitSignedLine(line);
        expect(split && textOf(split.text)).toBe(textOf(text));
        expect(split?.signature).toBe(ann.sign(text));
        expect(proofOf(line)?.isGood()).toBe(true);
        const { signature: _signature, ...rest } = JSON.parse(textOf(line));
        const { signature: _none, ...whole } = JSON.parse(textOf(text));
        expect(rest).toEqual(whole);
      }),
    );
  });

  it('proves nothing once any byte of it is another one', () => {
    const line = ann.signLine(intent());
    fc.assert(
      fc.property(fc.nat(line.length - 1), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = line.slice();
        changed[place] = (changed[place] ?? 0) ^ by;
        const proof = proofOf(changed);
        expect(proof !== undefined && proof.key === ann.line && proof.isGood()).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is nothing of the kind, and nothing worse, whatever bytes it is', () => {
    const tails = fc.constantFrom(
      '"}',
      ',"signature":"A"}',
      ',"signature":""}',
      '"signature":"AAAA"}',
      ',"signature":"AA\\"}',
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), tails, (start, tail) => {
        expect(proofOf(Buffer.concat([start, bytes(tail)]))).toBeUndefined();
        expect(proofOf(start)).toBeUndefined();
      }),
    );
  });

  it('has its signature as the last member of the whole, nowhere else', () => {
    const signature = ann.sign(intent());
    const elsewhere = [
      intent({ signature, last: 1 }),
      intent({ inner: { a: 1, signature } }),
      bytes(`{"signature":"${signature}"}`),
      Buffer.concat([ann.signLine(intent()), bytes(' ')]),
    ];
    expect(elsewhere.map(proofOf)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps what was signed, also where that was signed before', () => {
    const twice = signingKey('bob').signLine(ann.signLine(intent()));
    expect(proofOf(twice)).toMatchObject({ key: signingKey('bob').line });
    expect(proofOf(twice)?.isGood()).toBe(true);
    expect(textOf(splitSignedLine(twice)?.text ?? new Uint8Array())).toBe(textOf(ann.signLine(intent())));
  });

  it('is the same line when it is written again, and no longer than any other may be', () => {
    const line = ann.signLine(intent());
    const decoded = decodeIntent(line);
    expect(decoded.kind === 'intent' && textOf(encodeIntent(decoded.intent))).toBe(textOf(line));
    const long = ann.signLine(intent({ padding: 'x'.repeat(MAX_INTENT_BYTES - 300) }));
    expect(decodeIntent(long)).toMatchObject({ kind: 'malformed', problem: expect.stringContaining('longer') });
  });

  it('gives nobody a name by a member that looks like proof', () => {
    const forged = decodeIntent(
      intent({ by: { name: 'Ann', email: 'ann@example.org', signer: 'ann@example.org' }, proof: { key: ann.line } }),
    );
    expect(forged.kind === 'intent' && forged.intent.proof).toBeUndefined();
  });

  it('may have a signature that is too long to be looked at', () => {
    expect(splitSignedLine(joinSignedLine(intent(), 'A'.repeat(8192)))).toBeDefined();
    expect(splitSignedLine(joinSignedLine(intent(), 'A'.repeat(8196)))).toBeUndefined();
  });
});
