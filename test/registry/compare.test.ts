import { describe, expect, it } from 'vitest';
import { makePlace } from './opened.ts';

async function registered(
  count: number,
  more: (
    number: number,
    write: (name: string, content: string) => Promise<string>,
  ) => object | Promise<object> = () => ({}),
) {
  const place = await makePlace();
  const registry = await place.open();
  const write = (name: string, content: string) => place.write(name, content);
  for (let number = 1; number <= count; number += 1) {
    const paths = [await write(`${number}.bin`, String(number))];
    await registry.register({ model: 'fraud', paths, ...(await more(number, write)) });
  }
  const compare = (...numbers: readonly number[]) =>
    registry.compare({ refs: numbers.map((number) => `fraud@${number}`) });
  const evaluate = async (number: number, metrics: Record<string, number>, content?: string, slice?: string) => {
    const source = content === undefined ? {} : { source: await write('holdout.csv', content) };
    const dataset = { name: 'holdout', ...source };
    await registry.evaluate({ ref: `fraud@${number}`, metrics, dataset, ...(slice ? { slice } : {}) });
  };
  return { compare, evaluate };
}

describe('a comparison', () => {
  it('puts evaluations of the same data beside each other, the newest of each metric, and slices apart', async () => {
    const { compare, evaluate } = await registered(3);
    await evaluate(1, { auc: 0.9 }, 'a');
    await evaluate(1, { auc: 0.91, brier: 0.1 }, 'a');
    await evaluate(2, { auc: 0.92 });
    await evaluate(2, { auc: 0.8 }, undefined, 'country=DE');
    expect((await compare(1, 2, 3)).evaluations).toEqual([
      {
        dataset: 'holdout',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        isMeasured: [true, true, false],
        metrics: [
          { name: 'auc', values: [0.91, 0.92, undefined], isDifferent: true, isKnown: [true, true, false] },
          { name: 'brier', values: [0.1, undefined, undefined], isDifferent: false, isKnown: [true, false, false] },
        ],
        slices: [
          {
            slice: 'country=DE',
            metrics: [
              { name: 'auc', values: [undefined, 0.8, undefined], isDifferent: false, isKnown: [false, true, false] },
            ],
          },
        ],
      },
    ]);
  });

  it('keeps evaluations apart whose dataset has the same name and other content', async () => {
    const { compare, evaluate } = await registered(3);
    await evaluate(1, { auc: 0.9 }, 'a');
    await evaluate(2, { auc: 0.9 }, 'b');
    await evaluate(3, { auc: 0.99 });
    const { evaluations } = await compare(1, 2, 3);
    expect(evaluations.map(({ sha256, metrics }) => [sha256 === undefined, metrics[0]?.values])).toEqual([
      [false, [0.9, undefined, undefined]],
      [false, [undefined, 0.9, undefined]],
      [true, [undefined, undefined, 0.99]],
    ]);
  });

  it('tells data by its content, and says of which version nothing is known', async () => {
    const contents = ['id\n1\n', 'id\n1\n2\n'];
    const { compare } = await registered(3, async (number, write) =>
      number === 3
        ? {}
        : {
            dataPaths: [
              { path: 'train.csv', source: await write('train.csv', contents[number - 1] ?? '') },
              { path: 'test.csv', source: await write('test.csv', 'id\n7\n') },
            ],
          },
    );
    const { data, hasData } = await compare(1, 2, 3);
    expect(hasData).toEqual([true, true, false]);
    expect(data).toMatchObject([
      { name: 'train.csv', isDifferent: true, names: [/^sha256:/, /^sha256:/, undefined].map(matching) },
      { name: 'test.csv', isDifferent: false },
    ]);
    expect(data[0]?.names?.[0]).not.toBe(data[0]?.names?.[1]);
  });

  it('knows the order of package versions', async () => {
    const versions = ['1.9', '1.10', '1.10.0', 'unknown'];
    const { compare } = await registered(4, (number) => ({
      environment: { packages: [{ name: 'numpy', version: versions[number - 1] }] },
    }));
    const { dependencies } = await compare(1, 2, 3, 4);
    expect(dependencies).toEqual([{ name: 'numpy', values: versions, isDifferent: true, ranks: [0, 1, 1, undefined] }]);
  });

  it('takes names for names, whatever objects have by themselves', async () => {
    const { compare } = await registered(2, (number) =>
      number === 1 ? { metrics: { toString: 2 }, params: { valueOf: 'x' } } : { params: { seed: '1' } },
    );
    const { metrics, params } = await compare(1, 2);
    expect(metrics).toEqual([{ name: 'toString', values: [2, undefined], isDifferent: false, isKnown: [true, false] }]);
    expect(params).toEqual([
      { name: 'seed', values: [undefined, '1'], isDifferent: true },
      { name: 'valueOf', values: ['x', undefined], isDifferent: true },
    ]);
  });

  it('takes a metric that only one of them has for no difference, but a param, which the other was trained without', async () => {
    const { compare } = await registered(3, (number) => ({
      metrics: {
        auc: 0.9,
        ...(number === 1 ? {} : { f1: number / 10 }),
        ...(number === 3 ? { brier: 0.1 } : {}),
      },
      params: { lr: '0.1', ...(number === 1 ? {} : { decay: '0.5' }) },
    }));
    const pair = await compare(1, 2);
    expect(pair.metrics).toEqual([
      { name: 'auc', values: [0.9, 0.9], isDifferent: false },
      { name: 'f1', values: [undefined, 0.2], isDifferent: false, isKnown: [false, true] },
    ]);
    expect(pair.params[0]).toEqual({ name: 'decay', values: [undefined, '0.5'], isDifferent: true });
    expect((await compare(1, 2, 3)).metrics).toMatchObject([
      { name: 'f1', isDifferent: true, isKnown: [false, true, true] },
      { name: 'auc', isDifferent: false },
      { name: 'brier', isDifferent: false, isKnown: [false, false, true] },
    ]);
  });

  it('takes what was not recorded of a version for no difference, and counts it as the same neither', async () => {
    const machine = { os: 'Linux', gpus: ['A100'] };
    const all = { code: { commit: 'a'.repeat(40), isDirty: false, capturedAt: 'start' }, params: { lr: '0.1' } };
    const recorded = [
      {},
      { ...all, run: { command: 'python train.py' }, environment: { python: '3.11.2', packages: [] }, machine },
      {
        ...all,
        run: { command: 'make train' },
        environment: { python: '3.11.2', packages: [] },
        machine: { os: 'Linux' },
      },
    ];
    const { compare } = await registered(3, (number) => recorded[number - 1] ?? {});
    const told = async (...numbers: readonly number[]) => {
      const { lineage, environment, params } = await compare(...numbers);
      return Object.fromEntries(
        [...lineage, ...environment, ...params].map(({ name, isDifferent, isKnown }) => [
          name,
          isDifferent ? 'different' : isKnown ? isKnown.map(Number).join('') : 'same',
        ]),
      );
    };
    expect(await told(1, 2)).toEqual({
      artifact: 'different',
      ...Object.fromEntries(
        ['code commit', 'uncommitted changes', 'command', 'python', 'packages', 'operating system', 'GPUs', 'lr'].map(
          (name) => [name, '01'],
        ),
      ),
    });
    expect(await told(1, 2, 3)).toMatchObject({ command: 'different', python: '011', GPUs: 'different', lr: '011' });
    expect(await told(2, 3)).toMatchObject({ command: 'different', python: 'same', GPUs: 'different', lr: 'same' });
  });
});

function matching(text: RegExp | undefined): unknown {
  return text === undefined ? undefined : expect.stringMatching(text);
}
