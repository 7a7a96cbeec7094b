import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeManifest, MAX_MANIFEST_BYTES, type ManifestFile, parseManifest } from '../../src/artifacts/manifest.ts';
import { problemOfPath, problemOfPaths } from '../../src/artifacts/manifest-path.ts';
import { sha256Hex } from '../../src/base/hash.ts';

const SHA = sha256Hex('x');
const fileAt = (path: string, more: Partial<ManifestFile> = {}): ManifestFile => ({
  path,
  size: 1,
  sha256: SHA,
  ...more,
});
const bytes = (text: string) => new TextEncoder().encode(text);

const name = fc
  .oneof(
    { weight: 5, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a', 'A', 'b', '.hidden', 'model.bin', 'é', '\u{1f600}', '\uff5e', 'config'),
    },
  )
  .map((text) => text.replaceAll('/', '_').normalize('NFC'));
const path = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'))
  .filter((text) => problemOfPath(text) === undefined);
const file = fc.record(
  { path, size: fc.nat(1e9), sha256: fc.uint8Array({ maxLength: 4 }).map(sha256Hex), exec: fc.constant(true as const) },
  { requiredKeys: ['path', 'size', 'sha256'] },
);
const files = fc
  .uniqueArray(file, { minLength: 1, maxLength: 8, selector: (one) => one.path })
  .filter((list) => problemOfPaths(list.map((one) => one.path)) === undefined);

describe('a manifest', () => {
  it('is JSON without spaces, sorted by the bytes of the paths, and named by its SHA-256', () => {
    const { bytes: encoded, digest } = encodeManifest([
      fileAt('\uff5e'),
      fileAt('\u{1f600}'),
      fileAt('a/b', { size: 3, exec: true }),
      fileAt('a-b'),
    ]);
    const text = new TextDecoder().decode(encoded);
    const plain = (at: string) => `{"path":"${at}","size":1,"sha256":"${SHA}"}`;
    expect(text).toBe(
      `{"files":[${plain('a-b')},{"path":"a/b","size":3,"sha256":"${SHA}","exec":true},${plain('\uff5e')},${plain('\u{1f600}')}]}`,
    );
    expect(digest).toBe(sha256Hex(text));
  });

  it('comes back from its bytes, whatever order the files were in', () => {
    fc.assert(
      fc.property(files, fc.nat(), (list, seed) => {
        const { bytes: encoded, digest } = encodeManifest(list);
        const turned = [...list.slice(seed % list.length), ...list.slice(0, seed % list.length)];
        expect(encodeManifest(turned).digest).toBe(digest);
        const parsed = parseManifest(encoded).files;
        expect(new Set(parsed)).toEqual(new Set(list));
        expect(encodeManifest(parsed).bytes).toEqual(encoded);
      }),
    );
  });

  it('has one form only: no other bytes are read as a manifest', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.nat(255), (list, at, byte) => {
        const { bytes: encoded } = encodeManifest(list);
        const changed = encoded.slice();
        changed[at % changed.length] = byte;
        try {
          expect(encodeManifest(parseManifest(changed).files).bytes).toEqual(changed);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MANIFEST_DAMAGED' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['spaces', ` {"files":[{"path":"a","size":1,"sha256":"${SHA}"}]}`],
    ['a byte order mark', `\ufeff{"files":[{"path":"a","size":1,"sha256":"${SHA}"}]}`],
    ['keys in another order', `{"files":[{"size":1,"path":"a","sha256":"${SHA}"}]}`],
    ['a key twice', `{"files":[{"path":"b","path":"a","size":1,"sha256":"${SHA}"}]}`],
    [
      'files in another order',
      `{"files":[{"path":"b","size":1,"sha256":"${SHA}"},{"path":"a","size":1,"sha256":"${SHA}"}]}`,
    ],
    ['a file twice', `{"files":[{"path":"a","size":1,"sha256":"${SHA}"},{"path":"a","size":1,"sha256":"${SHA}"}]}`],
    ['an escaped letter', `{"files":[{"path":"\\u0061","size":1,"sha256":"${SHA}"}]}`],
    ['a number in another form', `{"files":[{"path":"a","size":1.0,"sha256":"${SHA}"}]}`],
    ['a negative size', `{"files":[{"path":"a","size":-1,"sha256":"${SHA}"}]}`],
    ['a size that is no integer', `{"files":[{"path":"a","size":1.5,"sha256":"${SHA}"}]}`],
    ['a size beyond what can be counted', `{"files":[{"path":"a","size":9007199254740992,"sha256":"${SHA}"}]}`],
    [
      'sizes beyond that together',
      `{"files":[{"path":"a","size":9007199254740991,"sha256":"${SHA}"},{"path":"b","size":1,"sha256":"${SHA}"}]}`,
    ],
    ['a digest in capitals', `{"files":[{"path":"a","size":1,"sha256":"${SHA.toUpperCase()}"}]}`],
    ['a digest that is a path', `{"files":[{"path":"a","size":1,"sha256":"../../../../etc/passwd"}]}`],
    ['an unknown key', `{"files":[{"path":"a","size":1,"sha256":"${SHA}","mode":511}]}`],
    ['exec that is false', `{"files":[{"path":"a","size":1,"sha256":"${SHA}","exec":false}]}`],
    ['a key of the prototype', `{"files":[{"path":"a","size":1,"sha256":"${SHA}","__proto__":{}}]}`],
    ['more beside the files', `{"files":[{"path":"a","size":1,"sha256":"${SHA}"}],"x":1}`],
    ['no file', '{"files":[]}'],
    ['another type', '[]'],
    ['nothing', ''],
    ['deep nesting', '['.repeat(100_000)],
  ])('is refused with %s', (_, text) => {
    expect(() => parseManifest(bytes(text))).toThrowError(expect.objectContaining({ code: 'MANIFEST_DAMAGED' }));
  });

  it('is refused when it is no UTF-8 or too long', () => {
    const refused = expect.objectContaining({ code: 'MANIFEST_DAMAGED' });
    expect(() => parseManifest(new Uint8Array([0x7b, 0xff, 0x7d]))).toThrowError(refused);
    expect(() => parseManifest(new Uint8Array(MAX_MANIFEST_BYTES + 1))).toThrowError(refused);
  });

  it('holds at least one file', () => {
    expect(() => encodeManifest([])).toThrowError(expect.objectContaining({ code: 'ARTIFACT_EMPTY' }));
  });
});

const bad = [
  '',
  '/',
  '/etc/passwd',
  'a//b',
  'a/',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  'a\\b',
  '..\\a',
  'C:',
  'C:/a',
  'c:a',
  'a:stream',
  'a\0',
  'a\nb',
  'a\u007f',
  'a\u0085',
  'CON',
  'con.txt',
  'Nul',
  'aux.tar.gz',
  'a/COM1',
  'lpt9.x',
  'COM¹',
  'con .txt',
  'CONIN$',
  'a.',
  'a /b',
  'a ',
  'e\u0301',
  '\ud800',
  '.git',
  'a/.GIT/config',
  'GIT~1/hooks',
  '.model-registry-pull.json',
  'a/.Model-Registry-Pull.json',
  'x'.repeat(256),
  'é'.repeat(128),
  Array.from({ length: 2049 }, () => 'a').join('/'),
];
const good = [
  'a',
  '.hidden',
  'a b',
  'a/b/c',
  'é',
  'конфиг.json',
  'console',
  'com',
  'com10',
  'nulls/x',
  '.gitignore',
  'a..b',
  '...x',
  'a-b_c~1',
  '~',
  '%2e%2e',
  "'",
  'x'.repeat(255),
];

describe('a path in a manifest', () => {
  it.each(bad)('can not be %j', (one) => {
    expect(problemOfPath(one)).toBeTypeOf('string');
    expect(() => encodeManifest([fileAt(one)])).toThrowError(
      expect.objectContaining({ code: 'ARTIFACT_PATH_INVALID' }),
    );
    const text = JSON.stringify({ files: [fileAt(one)] });
    expect(() => parseManifest(bytes(text))).toThrowError(expect.objectContaining({ code: 'MANIFEST_DAMAGED' }));
  });

  it.each(good)('can be %j', (one) => {
    expect(parseManifest(encodeManifest([fileAt(one)]).bytes).files).toEqual([fileAt(one)]);
  });

  it.each([
    [['Model.bin', 'model.bin']],
    [['a/x', 'A/y']],
    [['a/b/c/x', 'a/B/c/y']],
    [['a', 'A/b']],
    [['A/b', 'a']],
    [['a', 'a/b']],
    [['a/b', 'a']],
    [['a/b/c', 'a/b']],
    [['straße', 'STRASSE']],
    [['ς', 'σ']],
    [['K', '\u212a'.normalize('NFC').toLowerCase()]],
    [['a', 'a']],
  ])('can not be told from another where case does not count: %j', (paths) => {
    expect(() => encodeManifest(paths.map((one) => fileAt(one)))).toThrowError(
      expect.objectContaining({ code: 'ARTIFACT_PATH_INVALID' }),
    );
    const sorted = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const text = JSON.stringify({ files: sorted.map((one) => fileAt(one)) });
    expect(() => parseManifest(bytes(text))).toThrowError(expect.objectContaining({ code: 'MANIFEST_DAMAGED' }));
  });

  it('can share folders with others', () => {
    expect(problemOfPaths(['a/b/x', 'a/b/y', 'a/c', 'a/b/z/1', 'ab', 'a-b/x'])).toBeUndefined();
  });
});
