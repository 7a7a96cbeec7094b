import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VersionSummary } from '../../src/catalog/read-models/versions.ts';
import { openSqlite } from '../../src/catalog/sqlite.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { manyTensors, weightsFile } from '../registry/facts/weights-file.ts';
import { makePlace, type Place } from '../registry/opened.ts';

async function numbersFor(registry: Registry, query: string): Promise<readonly number[]> {
  const found = await registry.search({ query, limit: 1000 });
  return found.items.map((version) => version.number);
}

async function everyVersion(registry: Registry): Promise<readonly VersionSummary[]> {
  return (await registry.listVersions({ limit: 1000 })).items;
}

async function registerSome(place: Place, registry: Registry, count: number): Promise<void> {
  const words = ['nightly', 'wide', 'window', 'Zürich', 'naïve', 'feature_set'];
  for (let index = 0; index < count; index += 1) {
    await registry.register({
      model: index % 3 === 0 ? 'churn' : 'fraud',
      paths: [await place.write('model.bin', `weights ${index}`)],
      metrics: { auc: (index * 7) % 10, loss: index % 4 === 0 ? 'NaN' : index / 8 },
      params: { depth: String(index % 5), note: words[index % words.length] ?? '' },
      tags: index % 2 === 0 ? { team: 'risk' } : {},
      description: `${words[index % words.length]} ${words[(index + 1) % words.length]} run ${index}`,
    });
  }
}

describe('a search', () => {
  it('finds what a look at every version finds, newest first', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerSome(place, registry, 30);
    const all = await everyVersion(registry);
    const says = (version: VersionSummary, text: string) =>
      [
        version.model,
        version.description,
        ...Object.entries(version.params).flat(),
        ...Object.entries(version.tags).flat(),
      ].some((part) => part.toLowerCase().includes(text));
    const terms: readonly (readonly [string, (version: VersionSummary) => boolean])[] = [
      ['auc>4', ({ metrics }) => Number(metrics.auc) > 4],
      ['auc=3', ({ metrics }) => metrics.auc === 3],
      ['auc<=2', ({ metrics }) => Number(metrics.auc) <= 2],
      ['loss>1', ({ metrics }) => typeof metrics.loss === 'number' && metrics.loss > 1],
      ['param:depth=2', ({ params }) => params.depth === '2'],
      ['param:depth', () => true],
      ['tag:team=risk', ({ tags }) => tags.team === 'risk'],
      ['tag:team', ({ tags }) => tags.team !== undefined],
      ['model:churn', ({ model }) => model === 'churn'],
      ['stage:candidate', () => true],
      ['nightly', (version) => says(version, 'nightly')],
      ['win', (version) => says(version, 'win')],
      ['"wide window"', (version) => says(version, 'wide window')],
      ['"feature_set nigh"', (version) => says(version, 'feature_set nigh')],
      ['feature_set', (version) => says(version, 'feature_set')],
      ['churn', (version) => says(version, 'churn')],
      ['naïve', (version) => says(version, 'naïve')],
      ['absent', () => false],
    ];
    await fc.assert(
      fc.asyncProperty(fc.subarray([...terms], { minLength: 1, maxLength: 4 }), async (some) => {
        const query = some.map(([term]) => term).join(' ');
        const expected = all.filter((version) => some.every(([, holds]) => holds(version)));
        const found = await registry.search({ query, limit: 1000 });
        expect(
          found.items.map(({ id }) => id),
          query,
        ).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 200 },
    );
  });

  it('finds the same page by page, wherever it starts from', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerSome(place, registry, 40);
    const terms = ['auc>1', 'loss<4', 'auc<=8', 'model:fraud', 'tag:team=risk', 'run', 'stage:candidate'];
    const query = fc.subarray(terms, { minLength: 1, maxLength: 4 }).map((some) => some.join(' '));
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 1, max: 7 }), async (text, limit) => {
        const whole = await registry.search({ query: text, limit: 1000 });
        const paged: string[] = [];
        for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
          const page = await registry.search({ query: text, limit, ...(cursor === undefined ? {} : { cursor }) });
          paged.push(...page.items.map(({ id }) => id));
          cursor = page.next;
        }
        expect(paged, text).toEqual(whole.items.map(({ id }) => id));
      }),
      { numRuns: 150 },
    );
  });

  it('compares metrics whatever their names are', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const names = ['a\\b', "a'b", '$.a', 'a.b[0]', 'ä'];
    const metrics = Object.fromEntries(names.map((name, index) => [name, index]));
    await registry.register({ model: 'fraud', paths: [await place.write('model.bin', 'weights')], metrics });
    for (const [index, name] of names.entries()) {
      expect(await numbersFor(registry, `${name}=${index}`), name).toEqual([1]);
      expect(await numbersFor(registry, `${name}>${index}`), name).toEqual([]);
    }
  });

  it('finds versions by what their files say', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const register = async (model: string, name: string, bytes: Uint8Array | string, metrics = {}) =>
      registry.register({ model, paths: [await place.write(name, bytes)], metrics });
    await register('small', 'a.safetensors', weightsFile({ a: [1, 2] }, { 'modelspec.license': 'Apache-2.0' }));
    await register('large', 'b.safetensors', manyTensors(2000));
    await register('text', 'c.bin', 'no model', { params: 7e9 });
    await register('text', 'd.bin', 'neither');
    const found = async (query: string) => (await registry.search({ query })).items.map(({ model }) => model);
    expect(await found('format:safetensors')).toEqual(['large', 'small']);
    expect(await found('format:safe')).toEqual([]);
    expect(await found('dtype:FLOAT32 license:apache')).toEqual(['small']);
    expect(await found('params>1k')).toEqual(['text', 'large']);
    expect(await found('params<=1k')).toEqual(['small']);
    expect(await found('params>=7B')).toEqual(['text']);
    expect(await found('params=2 model:small')).toEqual(['small']);
    expect(await found('framework:sklearn')).toEqual([]);
    expect(await found('danger:dangerous')).toEqual([]);
    expect(await found('danger:none-found')).toEqual(['large', 'small']);
    await expect(found('params>many')).rejects.toMatchObject({ code: 'QUERY_INVALID' });
    await expect(found('format:')).rejects.toMatchObject({ code: 'QUERY_INVALID' });
  });

  it('goes on where the page before it ended', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerSome(place, registry, 12);
    for (const query of ['run', 'auc>1', 'tag:team=risk', 'param:depth=1', 'stage:candidate']) {
      const whole = await numbersFor(registry, query);
      const pages: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await registry.search({ query, limit: 3, ...(cursor === undefined ? {} : { cursor }) });
        pages.push(...page.items.map((version) => version.number));
        if (page.next === undefined) break;
        cursor = page.next;
      }
      expect(pages, query).toEqual(whole);
    }
  });

  it('knows what came to a version after it was searched, and what left it', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerSome(place, registry, 4);
    expect(await numbersFor(registry, 'zebra')).toEqual([]);
    await registry.note({ ref: 'fraud@1', text: 'like a zebra' });
    expect(await numbersFor(registry, 'zebra')).toEqual([1]);
    await registry.describe({ ref: 'fraud@2', text: 'a quagga' });
    expect(await numbersFor(registry, 'quagga')).toEqual([2]);
    await registry.describe({ ref: 'fraud@2', text: 'nothing' });
    expect(await numbersFor(registry, 'quagga')).toEqual([]);
    await registry.tag({ ref: 'fraud@1', set: { herd: 'okapi' } });
    expect(await numbersFor(registry, 'okapi')).toEqual([1]);
    await registry.tag({ ref: 'fraud@1', remove: ['herd'] });
    expect(await numbersFor(registry, 'okapi')).toEqual([]);
    await registry.completeMetrics({ ref: 'fraud@1', metrics: { late: 0.5 } });
    expect(await numbersFor(registry, 'late>0.4')).toEqual([1]);
    await registry.setAlias({ model: 'fraud', alias: 'giraffe', ref: '1' });
    expect(await numbersFor(registry, 'giraffe')).toEqual([1]);
    await registry.deleteVersion({ ref: 'fraud@2', reason: 'not needed' });
    expect(await numbersFor(registry, 'model:fraud run')).not.toContain(2);
  });

  it.each([
    '"',
    '""',
    '!!!',
    '*',
    '"*"',
    'NEAR',
    'a AND b',
    'a OR',
    '-a',
    '"body:x"',
    '%',
    '_',
    "'; DROP TABLE versions",
  ])('takes %s for words, never for a command', async (query) => {
    const place = await makePlace();
    const registry = await place.open();
    await registerSome(place, registry, 3);
    await registry.search({ query });
    expect(await everyVersion(registry)).toHaveLength(3);
  });
});

it.each(['auc>', 'auc>=', '>1', '=', 'auc>x', 'auc>NaN', 'auc!=0.5'])(
  'explains that %s compares nothing',
  async (query) => {
    const place = await makePlace();
    const registry = await place.open();
    await expect(registry.search({ query })).rejects.toMatchObject({ code: 'QUERY_INVALID' });
  },
);

it('compares metrics as the exact numbers that were recorded', async () => {
  const db = await openSqlite();
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const row = db.get('SELECT count(*) AS equal FROM json_each(?) x WHERE CAST(x.value AS REAL) = ?', [
        JSON.stringify({ value }),
        value,
      ]);
      expect(row?.equal, String(value)).toBe(1);
    }),
    { numRuns: 20000 },
  );
  db.close();
});

it('finds metrics that are no numbers by what they are, and metrics that are called so', async () => {
  const place = await makePlace();
  const registry = await place.open();
  const metrics = [{ loss: 'NaN' }, { loss: 'Infinity', 'a"b': '-Infinity' }, { loss: 1, inf: 0.5, NaN: 2 }] as const;
  for (const [index, values] of metrics.entries()) {
    const file = await place.write('model.bin', `weights ${index}`);
    await registry.register({ model: 'fraud', paths: [file], metrics: values });
  }
  const found = async (query: string) => (await registry.search({ query })).items.map(({ number }) => number);
  expect(await found('loss=NaN')).toEqual([1]);
  expect(await found('loss=nan')).toEqual([1]);
  expect(await found('loss=inf model:fraud')).toEqual([2]);
  expect(await found('loss=-Infinity')).toEqual([]);
  expect(await found('a"b=-inf')).toEqual([2]);
  expect(await found('loss<Infinity')).toEqual([3]);
  expect(await found('inf>0')).toEqual([3]);
  expect(await found('NaN=2')).toEqual([3]);
});
