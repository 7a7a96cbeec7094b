import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMeasuredFile } from '../../src/runs/values-file.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-intervals-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function read(name: string, text: string) {
  const file = join(dir, name);
  await writeFile(file, text);
  return readMeasuredFile(file);
}

describe('the file of an evaluation', () => {
  it('gives intervals as value, low and high of a metric', async () => {
    expect(
      await read(
        'a.json',
        '{"auc": {"value": 0.91, "low": 0.89, "high": 0.93}, "test": {"f1": {"value": 1, "low": 0, "high": 1}}, "loss": 0.2}',
      ),
    ).toEqual({
      metrics: { auc: 0.91, 'test.f1': 1, loss: 0.2 },
      intervals: { auc: { low: 0.89, high: 0.93 }, 'test.f1': { low: 0, high: 1 } },
    });
  });

  it('gives them as columns of a table', async () => {
    expect(await read('a.csv', 'metric,value,lower,upper\nauc,0.91,0.89,0.93\nloss,0.2,,\nname,text,1,2\n')).toEqual({
      metrics: { auc: 0.91, loss: 0.2 },
      intervals: { auc: { low: 0.89, high: 0.93 } },
    });
  });

  it('leaves names alone that only look like it', async () => {
    expect(
      await read('b.json', '{"auc": {"value": 0.91, "low": 0.89}, "b": {"value": "NaN", "low": "NaN", "high": 1}}'),
    ).toEqual({
      metrics: { 'auc.value': 0.91, 'auc.low': 0.89, 'b.value': 'NaN', 'b.low': 'NaN', 'b.high': 1 },
      intervals: {},
    });
    expect((await read('b.csv', 'metric,value\nauc,0.9\n')).metrics).toEqual({ auc: 0.9 });
    await expect(read('c.csv', `metric,value,low,high\n${'a'.repeat(300)},1,0,1\n`)).rejects.toMatchObject({
      code: 'VALUES_FILE_INVALID',
    });
  });
});
