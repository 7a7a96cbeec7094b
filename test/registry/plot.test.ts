import { describe, expect, it } from 'vitest';
import type { PlotAxis } from '../../src/catalog/read-models/plot.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { makePlace, type Place } from './opened.ts';

async function register(
  place: Place,
  registry: Registry,
  metrics: Readonly<Record<string, number | 'NaN'>>,
  params: Readonly<Record<string, string>> = {},
) {
  const file = await place.write('model.bin', JSON.stringify([metrics, params]));
  return (await registry.register({ model: 'fraud', paths: [file], metrics, params })).version;
}

/** Days of November 2026, in milliseconds. */
const day = (number: number) => Date.UTC(2026, 10, number);
const byNumber: PlotAxis = { kind: 'number' };

describe('a plot of versions', () => {
  it('has a metric against the order of registration, with the stage of each', async () => {
    const place = await makePlace();
    const registry = await place.open();
    for (const auc of [0.9, 0.8, 0.95]) await register(place, registry, { auc });
    await register(place, registry, { auc: 'NaN' });
    await register(place, registry, { loss: 1 });
    await registry.promote({ ref: 'fraud@3', stage: 'production', reason: 'Good' });
    expect(await registry.plot({ model: 'fraud', metric: 'auc', across: byNumber })).toEqual({
      points: [
        [1, 0.9, 1, 0],
        [2, 0.8, 2, 0],
        [3, 0.95, 3, 1],
      ],
      stages: ['candidate', 'production'],
      total: 3,
      without: 2,
    });
    expect(await registry.plot({ model: 'fraud', metric: '__proto__', across: byNumber })).toMatchObject({
      points: [],
    });
  });

  it('stands at the times of registration, and a part of it is chosen by times', async () => {
    const place = await makePlace();
    let now = day(1);
    const registry = await place.open({ clock: () => now });
    for (let number = 1; number <= 5; number += 1) {
      now = day(number);
      await register(place, registry, { auc: number / 10 });
    }
    const across: PlotAxis = { kind: 'time' };
    const { points } = await registry.plot({ model: 'fraud', metric: 'auc', across });
    expect(points.map(([time, , number]) => [time, number])).toEqual(
      [1, 2, 3, 4, 5].map((number) => [day(number), number]),
    );
    const box = { across: [day(2), day(4)], upright: [0.25, 1] } as const;
    const inside = await registry.plotted({ model: 'fraud', metric: 'auc', across, box });
    expect([inside.total, inside.items.map(({ number }) => number)]).toEqual([2, [4, 3]]);
    const none = await registry.plotted({ model: 'fraud', metric: 'auc', across, box: { across: [9e15, -9e15] } });
    expect([none.total, none.items]).toEqual([0, []]);
  });

  it('takes params of numbers as numbers, and others as texts with a place each', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const runs = [
      ['0.1', 'adam'],
      ['1e-3', 'sgd'],
      ['10', 'adam'],
    ] as const;
    for (const [lr, optimizer] of runs) await register(place, registry, { auc: Number(lr) }, { lr, optimizer });
    await register(place, registry, { auc: 0.5 });
    const rate = await registry.plot({ model: 'fraud', metric: 'auc', across: { kind: 'param', name: 'lr' } });
    expect(rate.points.map(([across, , number]) => [across, number])).toEqual([
      [0.001, 2],
      [0.1, 1],
      [10, 3],
    ]);
    expect(rate.without).toBe(1);
    const across: PlotAxis = { kind: 'param', name: 'optimizer' };
    const plot = await registry.plot({ model: 'fraud', metric: 'auc', across });
    expect([plot.texts, plot.points.map(([place]) => place)]).toEqual([
      ['adam', 'sgd'],
      [0, 0, 1],
    ]);
    const inside = await registry.plotted({
      ...{ model: 'fraud', metric: 'auc', across, box: { across: { texts: ['adam'] } } },
      ...{ isLowerBetter: true, limit: 1 },
    });
    expect([inside.total, inside.items.map(({ number }) => number)]).toEqual([2, [1]]);
    const rest = await registry.plotted({
      ...{ model: 'fraud', metric: 'auc', across, box: { across: { texts: ['adam'] } } },
      ...{ isLowerBetter: true, limit: 1, cursor: inside.next ?? '' },
    });
    expect([rest.next, rest.items.map(({ number }) => number)]).toEqual([undefined, [3]]);
  });

  it('leaves deleted versions out, and has metrics that came later', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await register(place, registry, { auc: 0.9 });
    await register(place, registry, { auc: 0.8 });
    await registry.plot({ model: 'fraud', metric: 'auc', across: byNumber });
    await registry.deleteVersion({ ref: 'fraud@1', reason: 'Wrong' });
    await registry.completeMetrics({ ref: 'fraud@2', metrics: { f1: 0.7 } });
    const { points } = await registry.plot({ model: 'fraud', metric: 'f1', across: { kind: 'metric', name: 'auc' } });
    expect(points).toEqual([[0.8, 0.7, 2, 0]]);
  });
});

describe('a model as a whole', () => {
  it('tells how many versions are in which stage, its metrics and params, and who registers', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await register(place, registry, { auc: 0.9, loss: 1 }, { lr: '1' });
    await register(place, registry, { auc: 0.8 }, { depth: '3' });
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'Good' });
    expect(await registry.overview({ model: 'fraud' })).toMatchObject({
      name: 'fraud',
      stageCounts: [
        { stage: 'candidate', count: 1 },
        { stage: 'production', count: 1 },
      ],
      metricNames: ['auc', 'loss'],
      paramNames: ['depth', 'lr'],
      latestMetrics: { auc: 0.8 },
      registeredBy: [{ by: { name: 'Ann' }, versions: 2 }],
    });
  });

  it('tells which version was in production when, by whom and why, in pages', async () => {
    const place = await makePlace();
    let now = day(1);
    const registry = await place.open({ clock: () => now });
    const promote = async (number: number, at: number) => {
      now = at;
      await registry.promote({ ref: `fraud@${number}`, stage: 'production', reason: `Reason ${number}` });
    };
    await register(place, registry, { auc: 0.8 });
    await promote(1, day(2));
    await register(place, registry, { auc: 0.9 });
    await register(place, registry, { auc: 0.95 });
    await promote(2, day(3));
    now = day(4);
    await registry.rollback({ model: 'fraud', reason: 'Complaints' });
    const first = await registry.tenures({ model: 'fraud', stage: 'production', limit: 2 });
    const rest = await registry.tenures({ model: 'fraud', stage: 'production', cursor: first.next ?? '' });
    expect(first.items).toMatchObject([
      { number: 1, kind: 'rollback', reason: 'Complaints', newestThen: 3, since: new Date(day(4)).toISOString() },
      { number: 2, kind: 'promote', newestThen: 3, newestAtEnd: 3, until: new Date(day(4)).toISOString() },
    ]);
    expect(first.items[0]?.until).toBeUndefined();
    expect([rest.next, rest.items.map(({ number, newestThen }) => [number, newestThen])]).toEqual([
      undefined,
      [[1, 1]],
    ]);
    await expect(registry.tenures({ model: 'fraud', stage: 'nowhere' })).rejects.toMatchObject({
      code: 'STAGE_UNKNOWN',
    });
  });

  it('tells which version was the newest then, however far from the one that was promoted', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const moves: readonly (readonly [newest: number, promoted: number])[] = [
      [1, 1],
      [9, 2],
      [12, 11],
      [13, 12],
    ];
    let count = 0;
    for (const [newest, promoted] of moves) {
      for (; count < newest; count += 1) await register(place, registry, { auc: count / 100 });
      await registry.promote({ ref: `fraud@${promoted}`, stage: 'production', reason: 'go' });
    }
    const { items } = await registry.tenures({ model: 'fraud', stage: 'production' });
    expect(items.map(({ number, newestThen, newestAtEnd }) => [newestThen, number, newestAtEnd])).toEqual(
      moves.map(([newest, promoted], index) => [newest, promoted, moves[index + 1]?.[0]]).toReversed(),
    );
  });
});

describe('a list of versions', () => {
  it('is of a time, or has the best by a metric first and those without it last', async () => {
    const place = await makePlace();
    let now = day(1);
    const registry = await place.open({ clock: () => now });
    for (const [number, auc] of [0.8, 0.95, 0.9].entries()) {
      now = day(number + 1);
      await register(place, registry, { auc });
    }
    now = day(4);
    await register(place, registry, { other: 1 });
    const numbers = async (request: Parameters<Registry['listVersions']>[0]) =>
      (await registry.listVersions({ model: 'fraud', ...request })).items.map(({ number }) => number);
    expect(await numbers({ since: '2026-11-02', until: '2026-11-04' })).toEqual([3, 2]);
    expect(await numbers({ until: '2026-11-02' })).toEqual([1]);
    expect(await numbers({ bestBy: { metric: 'auc' } })).toEqual([2, 3, 1, 4]);
    expect(await numbers({ bestBy: { metric: 'auc', isLowerBetter: true } })).toEqual([1, 3, 2, 4]);
    const first = await registry.listVersions({ model: 'fraud', bestBy: { metric: 'auc' }, limit: 3 });
    expect(await numbers({ bestBy: { metric: 'auc' }, cursor: first.next ?? '' })).toEqual([4]);
    await expect(numbers({ since: 'yesterday' })).rejects.toMatchObject({ code: 'TIME_INVALID' });
  });

  it('of models has those with the newest versions first, or those of a name', async () => {
    const place = await makePlace();
    const registry = await place.open();
    for (const [index, model] of ['b-fraud', 'a-fraud', 'churn', 'b-fraud'].entries()) {
      await registry.register({ model, paths: [await place.write('m.bin', String(index))] });
    }
    const names = async (request: Parameters<Registry['listModels']>[0]) =>
      (await registry.listModels(request)).items.map(({ name }) => name);
    expect(await names({ order: 'recent' })).toEqual(['b-fraud', 'churn', 'a-fraud']);
    expect(await names({ nameContains: 'FRAUD' })).toEqual(['a-fraud', 'b-fraud']);
    const first = await registry.listModels({ order: 'recent', limit: 2 });
    expect(await names({ order: 'recent', cursor: first.next ?? '' })).toEqual(['a-fraud']);
  });
});

describe('the log', () => {
  it('is narrowed to kinds of entries and to people, and names what each is about', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const version = await register(place, registry, { auc: 0.8 });
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'Good' });
    await registry.comment({ ref: 'fraud', text: 'A model to watch', onModel: true });
    const bob = await place.open({ author: { name: 'Bob', email: 'bob@example.org' } });
    await bob.comment({ ref: 'fraud@1', text: 'Fine' });
    const { items } = await registry.log({ kinds: ['stage', 'remark'] });
    expect(items.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['remark', { modelId: version.modelId, versionId: version.id }],
      ['remark', { modelId: version.modelId }],
      ['stage', { modelId: version.modelId, versionId: version.id }],
    ]);
    expect((await registry.log({ person: 'Bob' })).items).toHaveLength(1);
    expect((await registry.log({ person: 'ann@example.org', kinds: ['registration'] })).items).toHaveLength(1);
    const first = await registry.log({ kinds: ['remark'], limit: 1 });
    expect((await registry.log({ kinds: ['remark'], before: first.next ?? '' })).items).toHaveLength(1);
  });
});
