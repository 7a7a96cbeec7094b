import { describe, expect, it } from 'vitest';
import { changesSummary } from '../../src/base/changes-summary.ts';
import type { RegisterRequest } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { makePlace, type Place } from './opened.ts';

const registering = (place: Place, registry: Registry) => {
  let count = 0;
  return async (request: Partial<RegisterRequest>) => {
    count += 1;
    const file = await place.write('out/model.bin', `weights ${count}`);
    return (await registry.register({ model: 'fraud', paths: [file], ...request })).version;
  };
};

const code = (commit: string) => ({ commit: commit.repeat(40), isDirty: false, capturedAt: 'start' }) as const;

describe('what changed', () => {
  it('is told of data, packages, params and metrics, each in the words of what happened to it', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const register = registering(place, registry);
    const data = async (name: string, text: string) => ({
      path: `data/${name}`,
      source: await place.write(`data/${name}`, text),
    });
    const packages = (versions: Readonly<Record<string, string>>) => ({
      packages: Object.entries(versions).map(([name, version]) => ({ name, version })),
    });
    await register({
      metrics: { auc: 0.9, loss: 0.5 },
      params: { lr: '0.1', epochs: '5' },
      code: code('a'),
      environment: packages({ numpy: '1.26.4', pandas: '2.10.0', old: '1', torch: 'nightly' }),
      dataPaths: [await data('train.csv', 'a'), await data('gone.csv', 'x'), await data('same.csv', 's')],
    });
    await register({
      metrics: { auc: 0.8, loss: 0.5 },
      params: { lr: '0.2', epochs: '5' },
      code: code('b'),
      environment: packages({ numpy: '2.0.0', pandas: '2.9.1', added: '1', torch: 'other' }),
      dataPaths: [await data('train.csv', 'b'), await data('new.csv', 'n'), await data('same.csv', 's')],
    });
    const changes = await registry.changes({ refs: ['fraud@1', 'fraud@2'] });
    expect(changes.why).toBe('asked');
    expect(changes.packages.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'numpy upgraded',
      'pandas downgraded',
      'torch changed',
      'added added',
      'old removed',
    ]);
    expect(changes.data.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'data/gone.csv removed',
      'data/new.csv added',
      'data/train.csv changed',
    ]);
    expect(changes.params).toEqual([{ name: 'lr', values: ['0.1', '0.2'], isDifferent: true }]);
    expect(changes.metrics.filter(({ isDifferent }) => isDifferent)).toMatchObject([
      { name: 'auc', values: [0.9, 0.8] },
    ]);
    expect(changes.code).toMatchObject({ before: code('a'), after: code('b') });
    expect([changes.hasData, changes.hasPackages, changes.weights]).toEqual([[true, true], [true, true], 'unknown']);
  });

  it('is by default from the version that was in production before, also after a rollback', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const register = registering(place, registry);
    for (let index = 0; index < 3; index += 1) await register({});
    const pair = async (request: Parameters<Registry['changes']>[0]) => {
      const { before, after, why } = await registry.changes(request);
      return [before.number, after.number, why];
    };
    expect(await pair({ model: 'fraud' })).toEqual([2, 3, 'registered-before']);
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'Better' });
    expect(await pair({ model: 'fraud' })).toEqual([1, 2, 'registered-before']);
    await registry.promote({ ref: 'fraud@3', stage: 'production', reason: 'Better' });
    expect(await pair({ model: 'fraud' })).toEqual([2, 3, 'in-production-before']);
    expect(await pair({ refs: ['fraud@1'] })).toEqual([3, 1, 'in-production']);
    await registry.rollback({ model: 'fraud', reason: 'Complaints' });
    expect(await pair({ model: 'fraud' })).toEqual([3, 2, 'in-production-before']);
  });

  it('needs two versions, and not more', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registering(place, registry)({});
    await expect(registry.changes({ model: 'fraud' })).rejects.toMatchObject({ code: 'NOTHING_TO_COMPARE' });
    await expect(registry.changes({ refs: ['fraud@1', 'fraud@1'] })).rejects.toMatchObject({ code: 'SAME_VERSION' });
    await expect(registry.changes({ refs: ['fraud', 'fraud', 'fraud'] })).rejects.toMatchObject({
      code: 'COMPARE_COUNT',
    });
    await expect(registry.changes({ model: 'none' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('says what was never recorded, and that equal files have equal weights', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const paths = [await place.write('out/model.bin', 'weights')];
    await registry.register({ model: 'fraud', paths, run: { id: 'one' } });
    await registry.register({ model: 'fraud', paths, run: { id: 'two' }, code: code('a') });
    const changes = await registry.changes({ model: 'fraud' });
    expect([changes.hasData, changes.hasPackages, changes.weights]).toEqual([
      [false, false],
      [false, false],
      'same-files',
    ]);
    expect(changes.code).toEqual({ after: code('a') });
  });

  it('has nothing among what differs that was recorded of one of them alone', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const register = registering(place, registry);
    await register({ metrics: { auc: 0.9 } });
    await register({
      metrics: { auc: 0.9 },
      params: { lr: '0.1' },
      run: { command: 'python train.py' },
      environment: { python: '3.11.2', packages: [{ name: 'numpy', version: '2.0.0' }] },
      machine: { os: 'Linux', cpuCount: 8 },
    });
    const changes = await registry.changes({ refs: ['fraud@1', 'fraud@2'] });
    expect([changes.environment, changes.params, changes.packages]).toEqual([[], [], []]);
    expect(changes.recordedOfOne).toEqual(
      ['params', 'command', 'machine', 'python'].map((name) => ({ name, isThere: [false, true] })),
    );
    expect(changesSummary(changes, undefined)).toEqual(['other files', 'nothing else that was recorded differs']);
  });
});
