import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { snapshotFile } from '../../src/catalog/snapshot.ts';
import { locateRegistry } from '../../src/registry/location.ts';
import { initRegistry } from '../../src/registry/open.ts';
import { commitKey, manifestKey } from '../../src/storage/layout.ts';
import { makePlace, type Place, registerVersions } from './opened.ts';

/** The error that `action` ends with; the registry must be as it was. */
async function refusal(place: Place, action: () => Promise<unknown>): Promise<RegistryError> {
  const before = await place.files();
  const error = await action().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!RegistryError.is(error)) throw new Error(`Expected a refusal, got ${String(error)}`);
  const logBefore = [...before].filter(([key]) => key.startsWith('log/'));
  expect([...(await place.files())].filter(([key]) => key.startsWith('log/'))).toEqual(logBefore);
  return error;
}

async function placeWithVersion() {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 1);
  return { place, registry };
}

describe('registering', () => {
  it('refuses a path that does not exist', async () => {
    const { place, registry } = await placeWithVersion();
    const error = await refusal(place, () => registry.register({ model: 'fraud', paths: [join(place.dir, 'none')] }));
    expect(error).toMatchObject({ code: 'PATH_NOT_FOUND', message: expect.stringContaining("doesn't exist") });
  });

  it('refuses an empty folder', async () => {
    const { place, registry } = await placeWithVersion();
    const folder = join(place.dir, 'empty/below');
    await mkdir(folder, { recursive: true });
    const error = await refusal(place, () => registry.register({ model: 'fraud', paths: [join(place.dir, 'empty')] }));
    expect(error.code).toBe('ARTIFACT_EMPTY');
  });

  it('refuses a link that leads around in a circle, and one that leads out of the folder', async () => {
    const { place, registry } = await placeWithVersion();
    await place.write('loop/a/model.bin', 'x');
    await symlink('..', join(place.dir, 'loop/a/up'));
    const loop = await refusal(place, () => registry.register({ model: 'fraud', paths: [join(place.dir, 'loop')] }));
    expect(loop.code).toBe('ARTIFACT_LINK_LOOP');
    const secret = await place.write('secret', 'x');
    await place.write('leak/model.bin', 'x');
    await symlink(secret, join(place.dir, 'leak/secret'));
    const leak = await refusal(place, () => registry.register({ model: 'fraud', paths: [join(place.dir, 'leak')] }));
    expect(leak.code).toBe('ARTIFACT_LINK_OUTSIDE');
    await symlink('self', join(place.dir, 'self'));
    const self = await refusal(place, () => registry.register({ model: 'fraud', paths: [join(place.dir, 'self')] }));
    expect(self.code).toBe('ARTIFACT_LINK_LOOP');
  });

  it('refuses a file that changes while it is read', async () => {
    const { place, registry } = await placeWithVersion();
    const file = await place.write('big.bin', new Uint8Array(64 * 1024 * 1024));
    let isWritten = false;
    const error = await refusal(place, () =>
      registry.register(
        { model: 'fraud', paths: [file] },
        {
          onProgress: () => {
            if (!isWritten) void appendFile(file, 'more');
            isWritten = true;
          },
        },
      ),
    );
    expect(error).toMatchObject({ code: 'FILE_CHANGED', message: expect.stringContaining('still being written') });
  });

  it('records nothing when it is cancelled, however late', async () => {
    const { place, registry } = await placeWithVersion();
    const file = await place.write('m.bin', 'other');
    const data = await place.write('data.csv', 'a');
    const cancel = new AbortController();
    const error = await refusal(place, () =>
      registry.register(
        { model: 'fraud', paths: [file], dataPaths: [{ path: 'data.csv', source: data }] },
        // The data is hashed last, after the files were stored.
        { signal: cancel.signal, onProgress: ({ step }) => step === 'Hashing' && cancel.abort() },
      ),
    );
    expect(error.code).toBe('OPERATION_CANCELLED');
  });

  it.each([
    ['with spaces', 'my model'],
    ['with slashes', 'team/model'],
    ['of 300 characters', 'x'.repeat(300)],
    ['that is empty', ''],
    ['that begins with a dot', '.hidden'],
  ])('refuses a model name %s', async (_what, model) => {
    const { place, registry } = await placeWithVersion();
    const file = await place.write('m.bin', 'x');
    const error = await refusal(place, () => registry.register({ model, paths: [file] }));
    expect(error).toMatchObject({ code: 'MODEL_NAME_INVALID', message: expect.stringContaining('for example') });
    expect(error.message.length).toBeLessThan(400);
  });

  it('finds a version that is there already', async () => {
    const { place, registry } = await placeWithVersion();
    const before = await place.files();
    const again = await registry.register({
      model: 'fraud',
      paths: [join(place.dir, 'out/model.bin')],
      metrics: { auc: 0.9 },
    });
    expect(again).toMatchObject({ isNew: false, version: { number: 1 } });
    expect(await place.files()).toEqual(before);
  });

  it('records data by its path alone where its names could be in no artifact', async () => {
    const { place, registry } = await placeWithVersion();
    const file = await place.write('m.bin', 'other');
    const data = await place.write('data/10:00.csv', 'a');
    await registry.register({ model: 'fraud', paths: [file], dataPaths: [{ path: 'data/10:00.csv', source: data }] });
    expect((await registry.show({ ref: 'fraud@2' })).lineage.data).toEqual([{ path: 'data/10:00.csv' }]);
  });

  it('refuses metrics and text that no reader of the log would accept', async () => {
    const { place, registry } = await placeWithVersion();
    const file = await place.write('m.bin', 'x');
    const error = await refusal(place, () =>
      registry.register({ model: 'fraud', paths: [file], metrics: { auc: Number.NaN } }),
    );
    expect(error.code).toBe('REQUEST_INVALID');
    const long = await refusal(place, () => registry.note({ ref: 'fraud@1', text: 'x'.repeat(20_000) }));
    expect(long).toMatchObject({ code: 'TEXT_TOO_LONG', message: expect.stringContaining('20,000 characters') });
  });
});

describe('names', () => {
  it.each(['__proto__', 'constructor', 'prototype'])(
    'refuses %s, which readers would leave out in silence',
    async (name) => {
      const place = await makePlace();
      const registry = await place.open();
      await registerVersions(place, registry, 1);
      const values = Object.fromEntries([[name, 'x']]);
      const file = await place.write('out/model.bin', 'other');
      for (const refused of [
        () => registry.tag({ ref: 'fraud@1', set: values }),
        () => registry.register({ model: 'fraud', paths: [file], params: values }),
        () => registry.register({ model: 'fraud', paths: [file], metrics: Object.fromEntries([[name, 1]]) }),
      ]) {
        expect(await refusal(place, refused)).toMatchObject({
          code: 'REQUEST_INVALID',
          message: expect.stringContaining(name),
        });
      }
    },
  );

  it('refuses a model name that reads as an id', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    const { id } = await registry.show({ ref: 'fraud@1' });
    for (const name of [id, id.toLowerCase()]) {
      expect(await refusal(place, () => registry.createModel({ name }))).toMatchObject({ code: 'MODEL_NAME_INVALID' });
    }
  });
});

describe('moving between stages', () => {
  it('refuses an empty reason, an unknown stage and a version that is there', async () => {
    const { place, registry } = await placeWithVersion();
    const codes: string[] = [];
    for (const request of [
      { ref: 'fraud@1', stage: 'production', reason: '  ' },
      { ref: 'fraud@1', stage: 'prod', reason: 'x' },
      { ref: 'fraud@1', stage: 'candidate', reason: 'x' },
      { ref: 'fraud@7', stage: 'production', reason: 'x' },
      { ref: 'other@1', stage: 'production', reason: 'x' },
      { ref: 'fraud@', stage: 'production', reason: 'x' },
    ]) {
      codes.push((await refusal(place, () => registry.promote(request))).code);
    }
    expect(codes).toEqual([
      'REASON_EMPTY',
      'STAGE_UNKNOWN',
      'STAGE_UNCHANGED',
      'VERSION_NOT_FOUND',
      'MODEL_NOT_FOUND',
      'REFERENCE_INVALID',
    ]);
  });

  it('refuses to roll back where there is nothing to roll back to', async () => {
    const { place, registry } = await placeWithVersion();
    expect((await refusal(place, () => registry.rollback({ model: 'fraud', reason: 'x' }))).code).toBe(
      'NOTHING_TO_ROLL_BACK',
    );
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'x' });
    const error = await refusal(place, () => registry.rollback({ model: 'fraud', reason: 'x' }));
    expect(error).toMatchObject({ code: 'NOTHING_TO_ROLL_BACK', message: expect.stringContaining('Promote') });
    await registerVersions(place, registry, 2);
    expect((await refusal(place, () => registry.rollback({ model: 'fraud', to: 2, reason: 'x' }))).code).toBe(
      'NEVER_HELD',
    );
  });

  it('refuses a version whose files are gone', async () => {
    const { place, registry } = await placeWithVersion();
    const object = [...(await place.files()).keys()].find((key) => key.startsWith('objects/')) ?? '';
    await rm(join(place.registryDir, object));
    const error = await refusal(place, () => registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'x' }));
    expect(error).toMatchObject({ code: 'ARTIFACT_ABSENT', message: expect.stringContaining(object) });
  });

  it('refuses a version of which a byte was changed, though nothing is missing', async () => {
    const { place, registry } = await placeWithVersion();
    const object = [...(await place.files()).keys()].find((key) => key.startsWith('objects/')) ?? '';
    const path = join(place.registryDir, object);
    const bytes = await readFile(path);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await rm(path);
    await writeFile(path, bytes);
    const error = await refusal(place, () => registry.promote({ ref: 'fraud@1', stage: 'staging', reason: 'x' }));
    expect(error).toMatchObject({ code: 'ARTIFACT_DAMAGED', message: expect.stringContaining(object) });
  });

  it('refuses to delete what is in production or has an alias', async () => {
    const { place, registry } = await placeWithVersion();
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'x' });
    expect((await refusal(place, () => registry.deleteVersion({ ref: 'fraud@1', reason: 'x' }))).code).toBe(
      'STAGE_HELD',
    );
    expect((await refusal(place, () => registry.deleteModel({ model: 'fraud', reason: 'x' }))).code).toBe('STAGE_HELD');
    await registry.archive({ ref: 'fraud@1', reason: 'x' });
    await registry.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@1' });
    expect((await refusal(place, () => registry.deleteVersion({ ref: 'fraud@1', reason: 'x' }))).code).toBe(
      'ALIAS_HELD',
    );
  });
});

describe('opening', () => {
  it('makes no new registry over the log of one that lost its first file', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    await registry.close();
    await rm(join(place.registryDir, 'format.json'));
    const before = await place.files();
    const damaged = { code: 'FORMAT_DAMAGED', message: expect.stringContaining('backup') };
    await expect(place.open()).rejects.toMatchObject(damaged);
    await expect(initRegistry({ dir: place.registryDir })).rejects.toMatchObject(damaged);
    expect(await locateRegistry({ cwd: place.dir, explicit: place.registryDir })).toMatchObject({ exists: true });
    expect(await place.files()).toEqual(before);
  });

  it.skipIf(process.platform === 'win32')('waits for no pipe that stands in the place of a file', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    const { artifact } = await registry.show({ ref: 'fraud@1' });
    await registry.rebuild();
    const inPlaceOf = async (file: string) => {
      await rm(file, { force: true });
      execFileSync('mkfifo', [file]);
    };
    await inPlaceOf(join(place.registryDir, manifestKey(artifact.digest)));
    await expect(registry.pull({ ref: 'fraud@1', to: join(place.dir, 'to') })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('no ordinary file'),
    });
    await inPlaceOf(snapshotFile(place.registryDir));
    expect((await (await place.open()).listVersions()).items).toHaveLength(1);
    await inPlaceOf(join(place.registryDir, commitKey(2)));
    await expect(registry.listVersions()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  it('builds the catalog anew where a folder stands in its place', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    await rm(snapshotFile(place.registryDir), { force: true });
    await mkdir(join(snapshotFile(place.registryDir), 'x'), { recursive: true });
    const other = await place.open();
    expect((await other.listVersions()).items).toHaveLength(1);
    expect(await other.rebuild()).toEqual({ commits: 1, versions: 1 });
  });

  it('refuses a registry of a newer format, and one that needs an unknown feature', async () => {
    for (const changed of [{ format: 2 }, { requires: ['tensor-index'] }]) {
      const { place } = await placeWithVersion();
      const file = join(place.registryDir, 'format.json');
      await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changed }));
      const error = await refusal(place, () => place.open());
      expect(error).toMatchObject({ code: 'FORMAT_NEWER', message: expect.stringContaining('Update') });
    }
  });

  it('refuses a folder without a registry', async () => {
    const place = await makePlace();
    await rm(join(place.registryDir, 'format.json'));
    await expect(place.open()).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      message: expect.stringContaining('init'),
    });
  });

  it('explains a log that was cut short', async () => {
    const { place, registry } = await placeWithVersion();
    await registry.note({ ref: 'fraud@1', text: 'x' });
    await registry.close();
    await rm(join(place.registryDir, commitKey(2)));
    const error = await refusal(place, async () => (await place.open()).listModels());
    expect(['LOG_TRUNCATED', 'LOG_REWRITTEN']).toContain(error.code);
  });

  it('explains a commit that is missing in the middle, and appends nothing over the gap', async () => {
    const { place, registry } = await placeWithVersion();
    await registry.note({ ref: 'fraud@1', text: 'x' });
    await registry.note({ ref: 'fraud@1', text: 'y' });
    await registry.close();
    await rm(join(place.dir, 'state'), { recursive: true });
    await rm(snapshotFile(place.registryDir), { force: true });
    await rename(join(place.registryDir, commitKey(2)), join(place.dir, 'lost'));
    const error = await refusal(place, async () => (await place.open()).note({ ref: 'fraud@1', text: 'z' }));
    expect(error).toMatchObject({ code: 'LOG_GAP', message: expect.stringContaining(commitKey(2)) });
    await rename(join(place.dir, 'lost'), join(place.registryDir, commitKey(2)));
    await (await place.open()).note({ ref: 'fraud@1', text: 'z' });
  });

  it.each([
    ['a policy with an unknown key', { policy: { stages: [], quorum: 2 } }, {}],
    ['an intent that requires an unknown feature', {}, { requires: ['signatures'] }],
    ['an expectation of an unknown kind', {}, { expects: { weather: 'fine' } }],
  ])('is read-only after %s', async (_what, change, intentChange) => {
    const { place, registry } = await placeWithVersion();
    const { items } = await registry.listModels();
    const model = items[0]?.id;
    await registry.close();
    const commit = await readFile(join(place.registryDir, commitKey(1)));
    const { at } = JSON.parse(commit.toString().split('\n')[0] ?? '');
    const prev = createHash('sha256').update(commit).digest('hex');
    const intent = {
      id: '01M84FFFFFFFFFFFFFFFFFFFFF',
      registryId: registry.location.registryId,
      by: { name: 'Eve', email: '' },
      askedAt: at,
      via: 'cli',
      requires: [],
      expects: {},
      events: [{ type: 'policy.set', model, policy: {}, ...change }],
      ...intentChange,
    };
    await writeFile(
      join(place.registryDir, commitKey(2)),
      `${JSON.stringify({ v: 1, seq: 2, prev, at })}\n${JSON.stringify(intent)}\n`,
    );
    const reader = await place.open();
    expect((await reader.listVersions()).items).toHaveLength(1);
    const error = await refusal(place, () => reader.note({ ref: 'fraud@1', text: 'x' }));
    expect(error).toMatchObject({ code: 'FORMAT_NEWER', message: expect.stringContaining('read-only') });
  });
});
