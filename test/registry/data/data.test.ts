import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/base/hash.ts';
import type { DataPlace } from '../../../src/registry/api/registering.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { makePlace, type Place } from '../opened.ts';

const CSV = 'amount,label\n1,0\n2,1\n';
const MD5 = '3b0332e02daabf31651a5a0d81ba830a';
const dvcFile = (path: string, size: number, hash = MD5, more = '') =>
  `outs:\n- md5: ${hash}\n  size: ${size}\n${more}  hash: md5\n  path: ${path}\n`;

async function lineageOf(place: Place, registry: Registry, ...dataPaths: readonly DataPlace[]) {
  const weights = await place.write('weights.bin', `weights ${Math.random()}`);
  const { version } = await registry.register({ model: 'fraud', paths: [weights], dataPaths });
  return (await registry.show({ ref: version.id })).lineage;
}

const at = (place: Place, path: string): DataPlace => ({ path, source: join(place.dir, path) });
const ofData = (missing: readonly { readonly what: string; readonly why: string }[]) =>
  missing.filter(({ what }) => what.startsWith('data'));

describe('data that a version was trained with', () => {
  it('has digest, size and rows; a folder of tables, the rows of all', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('data/train.csv', CSV);
    await place.write('data/test.csv', CSV);
    await place.write('model.json', '{}');
    const { data, missing } = await lineageOf(
      place,
      registry,
      at(place, 'data/train.csv'),
      at(place, 'data'),
      at(place, 'model.json'),
    );
    expect(data).toEqual([
      { path: 'data/train.csv', sha256: sha256Hex(CSV), sizeBytes: CSV.length, rows: 2 },
      {
        path: 'data',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        sizeBytes: 2 * CSV.length,
        fileCount: 2,
        rows: 4,
      },
      { path: 'model.json', sha256: sha256Hex('{}'), sizeBytes: 2 },
    ]);
    expect(ofData(missing)).toEqual([]);
  });

  it('goes by the hash of DVC without being read, also where it isn’t here, and is called by its own name', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('data/train.csv', CSV);
    await place.write('data/train.csv.dvc', dvcFile('train.csv', CSV.length));
    await place.write('images.dvc', dvcFile('images', 4, `${MD5}.dir`, '  nfiles: 2\n'));
    const { data, missing } = await lineageOf(place, registry, at(place, 'data/train.csv.dvc'), at(place, 'images'));
    expect(data).toEqual([
      { path: 'data/train.csv', kind: 'dvc', hash: `md5:${MD5}`, sizeBytes: CSV.length },
      { path: 'images', kind: 'dvc', hash: `md5:${MD5}.dir`, sizeBytes: 4, fileCount: 2 },
    ]);
    expect(ofData(missing)).toEqual([]);
  });

  it('goes by dvc.lock, above it and in the folder where its stage runs', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('prep/out.csv', CSV);
    await place.write('dvc.yaml', 'stages:\n  prep:\n    wdir: prep\n    cmd: make\n    outs: [out.csv]\n');
    await place.write(
      'dvc.lock',
      `schema: '2.0'\nstages:\n  prep:\n    cmd: make\n    outs:\n    - path: out.csv\n      hash: md5\n      md5: ${MD5}\n      size: ${CSV.length}\n`,
    );
    // Where it stops looking.
    await place.write('.git/HEAD', '');
    const { data } = await lineageOf(place, registry, at(place, 'prep/out.csv'));
    expect(data).toEqual([{ path: 'prep/out.csv', kind: 'dvc', hash: `md5:${MD5}`, sizeBytes: CSV.length }]);
  });

  it('is hashed where it has another size than DVC recorded, and that is said', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('train.csv', CSV);
    await place.write('train.csv.dvc', dvcFile('train.csv', 999));
    const { data, missing } = await lineageOf(place, registry, at(place, 'train.csv'));
    expect(data).toMatchObject([{ path: 'train.csv', sha256: sha256Hex(CSV), rows: 2 }]);
    expect(ofData(missing)).toMatchObject([{ what: 'data[train.csv].hash' }]);
  });

  it('is hashed where the file of DVC is none', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('train.csv', CSV);
    for (const text of ['outs: no list', ': [', `outs:\n- md5: ../../etc\n  path: train.csv\n`, 'a: &a [*a]']) {
      await place.write('train.csv.dvc', text);
      expect((await lineageOf(place, registry, at(place, 'train.csv'))).data).toMatchObject([
        { sha256: sha256Hex(CSV) },
      ]);
    }
  });

  it('is never another file that the file of DVC names', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('private.txt', 'private');
    for (const path of ['../private.txt', '/etc/passwd', 'below/../../private.txt', '..']) {
      await place.write('data/x.dvc', dvcFile(path, 1));
      const { data } = await lineageOf(place, registry, at(place, 'data/x.dvc'));
      expect(data).toMatchObject([{ path: 'data/x.dvc', sha256: sha256Hex(dvcFile(path, 1)) }]);
    }
  });

  it('goes by a pointer of git-lfs', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const oid = sha256Hex('the real thing');
    await place.write('big.bin', `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 123456789\n`);
    expect((await lineageOf(place, registry, at(place, 'big.bin'))).data).toEqual([
      { path: 'big.bin', kind: 'lfs', sha256: oid, sizeBytes: 123_456_789 },
    ]);
  });

  it('may be an address, of which nothing is recorded that could be a credential', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const { data, missing } = await lineageOf(
      place,
      registry,
      { path: 's3://bucket/train.parquet?versionId=3sL4kqtJlcpXroDTDmJ' },
      { path: 'https://ann:hunter2hunter2@example.org/a.csv?sig=0123456789abcdef0123456789abcdef#v2' },
      { path: 'gs://bucket/b.csv' },
      { path: 'hf://datasets/acme/fraud@6ac1e1b7d0f96ac1e1b7d0f96ac1e1b7d0f96ac1/train.csv' },
      { path: 'hf://datasets/acme/unheard-of-dataset-of-nobody' },
      { path: 'hf://datasets/acme/unheard-of-too@v1' },
    );
    expect(data).toEqual([
      { path: 's3://bucket/train.parquet', kind: 'url', revision: '3sL4kqtJlcpXroDTDmJ' },
      { path: 'https://example.org/a.csv', kind: 'url', revision: 'v2' },
      { path: 'gs://bucket/b.csv', kind: 'url' },
      {
        path: 'hf://datasets/acme/fraud/train.csv',
        kind: 'huggingface',
        revision: '6ac1e1b7d0f96ac1e1b7d0f96ac1e1b7d0f96ac1',
      },
      { path: 'hf://datasets/acme/unheard-of-dataset-of-nobody', kind: 'huggingface' },
      { path: 'hf://datasets/acme/unheard-of-too', kind: 'huggingface', revision: 'v1' },
    ]);
    expect(ofData(missing).map(({ what }) => what)).toEqual([
      'data[gs://bucket/b.csv].revision',
      'data[hf://datasets/acme/unheard-of-dataset-of-nobody].revision',
      'data[hf://datasets/acme/unheard-of-too].revision',
    ]);
    expect(
      JSON.stringify([...(await place.files()).values()].map((text) => Buffer.from(text, 'base64').toString())),
    ).not.toContain('hunter2');
  });

  it('that may be absent is noted, else it is refused; what can’t be hashed has a reason', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('linked/a.csv', CSV);
    await symlink('/etc', join(place.dir, 'linked/etc'));
    const { data, missing } = await lineageOf(
      place,
      registry,
      { ...at(place, 'gone.csv'), mayBeAbsent: true },
      at(place, 'linked'),
    );
    expect(data).toEqual([{ path: 'gone.csv' }, { path: 'linked' }]);
    expect(ofData(missing)).toEqual([
      { what: 'data[gone.csv]', why: 'nothing was at its place' },
      { what: 'data[linked]', why: 'a link leads out of it' },
    ]);
    await expect(lineageOf(place, registry, at(place, 'gone.csv'))).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  });

  it('is checked by what names it', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await place.write('train.csv', CSV);
    await place.write('test.csv', CSV);
    await place.write('test.csv.dvc', dvcFile('test.csv', CSV.length));
    await lineageOf(place, registry, at(place, 'train.csv'), at(place, 'test.csv'), {
      path: 'hf://datasets/acme/fraud',
    });
    const check = () => registry.checkData({ ref: 'fraud', root: place.dir });
    expect(await check()).toEqual([
      { path: 'train.csv', state: 'same' },
      { path: 'test.csv', state: 'same' },
      { path: 'hf://datasets/acme/fraud', state: 'unknown' },
    ]);
    await writeFile(
      join(place.dir, 'train.csv'),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256Hex(CSV)}\nsize 20\n`,
    );
    await place.write('test.csv.dvc', dvcFile('test.csv', CSV.length, 'f'.repeat(32)));
    expect((await check()).map(({ state }) => state)).toEqual(['missing', 'different', 'unknown']);
    await rm(join(place.dir, 'test.csv'));
    expect((await check())[1]).toMatchObject({ state: 'missing' });
  });
});
