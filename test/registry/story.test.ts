import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotFile } from '../../src/catalog/snapshot.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { ANN, BOB, makePlace, type Place, registerVersions } from './opened.ts';

/** A clock that goes on by one second with each look. */
function tickingClock(start = Date.parse('2026-05-03T12:00:00Z')): () => number {
  let now = start;
  return () => {
    now += 1000;
    return now;
  };
}

async function everythingIn(registry: Registry): Promise<unknown> {
  return {
    models: await registry.listModels(),
    versions: await registry.listVersions(),
    shown: await Promise.all(
      (await registry.listVersions()).items.map((version) => registry.show({ ref: version.id })),
    ),
    log: await registry.log(),
    production: await registry.production(),
    found: await registry.search({ query: 'auc>0 fraud' }),
    model: await registry.showModel({ model: 'fraud' }),
  };
}

async function tellStory(place: Place, registry: Registry): Promise<void> {
  await registerVersions(place, registry, 2);
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
  await registry.rollback({ model: 'fraud', reason: 'complaints' });
}

describe('a registry', () => {
  it('moves the version that was in production away in the commit that promotes another', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 2);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    const result = await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
    expect(result).toMatchObject({ kind: 'promote', displaced: [{ number: 1, stage: 'archived' }] });
    const [one, two] = await Promise.all([registry.show({ ref: 'fraud@1' }), registry.show({ ref: 'fraud@2' })]);
    expect(one.transitions.at(-1)).toMatchObject({
      kind: 'displaced',
      to: 'archived',
      displaced: [2],
      seq: result.seq,
    });
    expect(two.transitions.at(-1)).toMatchObject({ kind: 'promote', displaced: [1], seq: result.seq, by: ANN });
  });

  it('rolls back to what was in production before, and on to what was before that', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 3);
    for (const number of [1, 2, 3])
      await registry.promote({ ref: `fraud@${number}`, stage: 'production', reason: `take ${number}` });
    expect(await registry.rollback({ model: 'fraud', reason: 'a' })).toMatchObject({ version: { number: 2 } });
    expect(await registry.rollback({ model: 'fraud', reason: 'b' })).toMatchObject({ version: { number: 1 } });
    await expect(registry.rollback({ model: 'fraud', reason: 'c' })).rejects.toMatchObject({
      code: 'NOTHING_TO_ROLL_BACK',
    });
    expect(await registry.rollback({ model: 'fraud', to: 3, reason: 'd' })).toMatchObject({ version: { number: 3 } });
  });

  it('knows what was in production at any moment', async () => {
    const place = await makePlace();
    const clock = tickingClock();
    const registry = await place.open({ clock });
    await tellStory(place, registry);
    const { items } = await registry.log();
    const moments = items.map((entry) => entry.at).reverse();
    const held: (readonly number[])[] = [];
    for (const time of moments)
      held.push((await registry.at({ time, model: 'fraud' })).holders.map(({ number }) => number));
    expect(held).toEqual([[], [], [1], [2], [1]]);
    const before = new Date(Date.parse(moments[3] ?? '') - 1).toISOString();
    expect((await registry.at({ time: before })).holders).toMatchObject([{ number: 1, reason: 'first' }]);
  });

  it('knows what is in production now, and what it can not tell, after a clock that was a year ahead', async () => {
    const place = await makePlace();
    const start = Date.parse('2026-11-23T09:00:00.000Z');
    const year = 365 * 24 * 60 * 60 * 1000;
    let now = start;
    const registry = await place.open({ clock: () => now });
    await registerVersions(place, registry, 2);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    expect(await registry.at({ time: 'now' })).not.toHaveProperty('ahead');
    now = start + year;
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
    now = start + 60_000;
    await registry.tag({ ref: 'fraud@2', set: { seen: 'yes' } });
    const ahead = { seq: 4, at: '2027-11-23T09:00:00.000Z' };
    const holders = [{ number: 2, since: ahead.at }];
    expect(await registry.at({ time: 'now' })).toMatchObject({
      time: '2026-11-23T09:01:00.000Z',
      seq: 5,
      ahead,
      holders,
    });
    const past = await registry.at({ time: '2026-11-23T09:00:30.000Z' });
    expect(past).toMatchObject({ seq: 3, ahead, holders: [{ number: 1 }] });
    // Nothing is in doubt before, and whoever asks for that later time gets it.
    expect(await registry.at({ time: '2026-11-23T08:00:00.000Z' })).not.toHaveProperty('ahead');
    expect(await registry.at({ time: '2027-12-01T00:00:00.000Z' })).toMatchObject({ seq: 5, holders });
  });

  it('is seen by another process that has it open', async () => {
    const place = await makePlace();
    const ann = await place.open();
    const bob = await place.open({ author: BOB });
    await registerVersions(place, ann, 1);
    await bob.promote({ ref: 'fraud@1', stage: 'production', reason: 'looks good' });
    expect(await ann.production()).toMatchObject([{ model: 'fraud', by: BOB, reason: 'looks good' }]);
    const changes: number[] = [];
    ann.onDidChange(({ head }) => changes.push(head));
    await bob.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@1' });
    expect(await ann.refresh()).toBe(true);
    expect(changes).toEqual([3]);
    expect((await ann.show({ ref: 'fraud@champion' })).aliases).toEqual(['champion']);
  });

  it('says who, what, when and why when somebody else was first', async () => {
    const place = await makePlace();
    const ann = await place.open();
    const bob = await place.open({ author: BOB });
    await registerVersions(place, ann, 3);
    await ann.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    await bob.promote({ ref: 'fraud@2', stage: 'production', reason: 'mine is better', expectHolder: '1' });
    const before = await place.files();
    const refused = ann.promote({ ref: 'fraud@3', stage: 'production', reason: 'no, mine', expectHolder: '1' });
    await expect(refused).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/Bob moved version 2 to production at 20.*mine is better.*version 1 was expected/),
      details: { theirs: { version: 2, by: BOB, reason: 'mine is better' } },
    });
    expect(await place.files()).toEqual(before);
  });

  it('moves no version that somebody moved since it was looked at', async () => {
    const place = await makePlace();
    const ann = await place.open();
    const bob = await place.open({ author: BOB });
    await registerVersions(place, ann, 1);
    await bob.archive({ ref: 'fraud@1', reason: 'leaks data' });
    const asked = { ref: 'fraud@1', reason: 'looks good', expectStage: 'candidate' };
    await expect(ann.promote({ ...asked, stage: 'production' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/Bob moved it to archived at 20.*leaks data.*expected in candidate/),
      details: { theirs: { version: 1, by: BOB, reason: 'leaks data' } },
    });
    await expect(ann.archive(asked)).rejects.toMatchObject({ code: 'STAGE_UNCHANGED' });
    await ann.promote({ ...asked, stage: 'production', expectStage: 'archived' });
    await expect(bob.archive(asked)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['deleted', async (file: string) => rm(file)],
    ['damaged', async (file: string) => writeFile(file, 'no database')],
    ['of no size', async (file: string) => writeFile(file, '')],
  ])('gives the same answers when its catalog is %s', async (_how, harm) => {
    const place = await makePlace();
    const first = await place.open();
    await tellStory(place, first);
    const before = await everythingIn(first);
    await first.close();
    await harm(snapshotFile(place.registryDir));
    expect(await everythingIn(await place.open())).toEqual(before);
  });

  it('gives the same answers when its catalog turns out to be damaged while it is used', async () => {
    const place = await makePlace();
    const first = await place.open();
    await tellStory(place, first);
    await first.rebuild();
    const before = await everythingIn(first);
    await first.close();
    const file = snapshotFile(place.registryDir);
    const sound = await readFile(file);
    for (let at = 60; at < sound.length; at += 8192 * 3) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      await writeFile(file, bytes);
      const registry = await place.open();
      expect(await everythingIn(registry)).toEqual(before);
      await registry.close();
    }
  });

  it('finds versions by metrics, tags, params, stages and words', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 2);
    await registry.tag({ ref: 'fraud@2', set: { team: 'risk' } });
    await registry.note({ ref: 'fraud@1', text: 'trained on 100% of May' });
    const numbers = async (query: string) => (await registry.search({ query })).items.map((version) => version.number);
    expect(await numbers('auc>0.905')).toEqual([2]);
    expect(await numbers('tag:team=risk')).toEqual([2]);
    expect(await numbers('"100% of"')).toEqual([1]);
    expect(await numbers('100_')).toEqual([]);
    expect(await numbers('model:FRAUD stage:candidate')).toEqual([2, 1]);
    await expect(numbers('auc>high')).rejects.toMatchObject({ code: 'QUERY_INVALID' });
    // What is misspelt isn't taken for what isn't there.
    for (const [query, says] of [
      ['stage:prod', 'There is no stage "prod": did you mean "production"? The stages here are candidate, staging'],
      ['stage:Production auc>2', 'did you mean "production"?'],
      ['tags:team=risk', 'did you mean tag:?'],
      ['foo:bar', 'nothing is searched by foo:. What is, is model:, stage:'],
    ] as const)
      await expect(numbers(query)).rejects.toMatchObject({
        code: 'QUERY_INVALID',
        message: expect.stringContaining(says),
      });
    for (const query of ['stage:production', 'https://example.org', '"foo:bar"', 'alias:nobody'])
      expect(await numbers(query)).toEqual([]);
  });

  it('shows what is known of a version that was deleted, and who deleted it, when and why', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 2);
    const { id } = await registry.show({ ref: 'fraud@1' });
    await registry.deleteVersion({ ref: 'fraud@1', reason: 'Wrong data' });
    for (const ref of ['fraud@1', id])
      expect(await registry.show({ ref, withDeleted: true })).toMatchObject({
        ...{ id, number: 1, metrics: { auc: 0.9 } },
        deleted: { at: expect.any(String), by: { name: 'Ann' }, reason: 'Wrong data' },
      });
    expect((await registry.show({ ref: 'fraud@2', withDeleted: true })).deleted).toBeUndefined();
    await expect(registry.show({ ref: 'fraud@1' })).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: expect.stringContaining('was deleted'),
    });
    const other = await registry.show({ ref: 'fraud@2' });
    await registry.deleteModel({ model: 'fraud', reason: 'Never used' });
    expect(await registry.show({ ref: other.id, withDeleted: true })).toMatchObject({
      deleted: { reason: 'Never used' },
    });
  });

  it('pages through lists without losing or repeating an entry', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 5);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await registry.listVersions({
        model: 'fraud',
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.items.map((version) => version.number));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('compares versions, what differs first', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 2);
    const { versions, metrics, files } = await registry.compare({ refs: ['fraud@1', 'fraud@2'] });
    expect(versions.map((version) => version.number)).toEqual([1, 2]);
    expect(metrics).toEqual([{ name: 'auc', values: [0.9, 0.91], isDifferent: true }]);
    expect(files).toMatchObject([{ name: 'model.bin', isDifferent: true }]);
  });

  it('compares packages only where they were recorded', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const environment = (numpy: string) => ({ python: '3.13.1', packages: [{ name: 'numpy', version: numpy }] });
    const register = (content: string, more: object) =>
      place
        .write(`${content}.bin`, content)
        .then((path) => registry.register({ model: 'fraud', paths: [path], ...more }));
    await register('one', { environment: environment('2.2.0') });
    await register('two', {});
    await register('three', { environment: environment('2.3.0') });
    const unknown = await registry.compare({ refs: ['fraud@1', 'fraud@2'] });
    expect(unknown).toMatchObject({
      hasDependencies: [true, false],
      dependencies: [{ name: 'numpy', values: ['2.2.0', undefined], isDifferent: false }],
    });
    expect((await registry.changes({ refs: ['fraud@1', 'fraud@2'] })).packages).toEqual([]);
    const known = await registry.compare({ refs: ['fraud@1', 'fraud@2', 'fraud@3'] });
    expect(known.dependencies).toMatchObject([{ isDifferent: true }]);
  });

  it('leads from an old name to the renamed model', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    await registry.renameModel({ model: 'fraud', name: 'fraud-detector' });
    expect((await registry.show({ ref: 'fraud@1' })).model).toBe('fraud-detector');
    expect((await registry.showModel({ model: 'fraud-detector' })).formerNames).toEqual(['fraud']);
  });

  it('restores the files of a version byte by byte, also over an older restore', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await tellStory(place, registry);
    const to = join(place.dir, 'serving');
    await registry.pull({ ref: 'fraud@2', to });
    expect(await registry.pull({ ref: 'fraud@production', to })).toMatchObject({
      version: { number: 1 },
      fileCount: 1,
    });
    const { path } = await registry.path({ ref: 'fraud@production' });
    expect(await readFile(join(to, 'model.bin'), 'utf8')).toBe('weights 0');
    expect(await readFile(path, 'utf8')).toBe('weights 0');
    await writeFile(join(to, 'mine.txt'), 'x');
    await expect(registry.pull({ ref: 'fraud@2', to })).rejects.toMatchObject({ code: 'TARGET_MODIFIED' });
  });
});
