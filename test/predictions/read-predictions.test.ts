import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadPredictions } from '../../src/predictions/asked.ts';
import { decodePredictions, encodePredictions } from '../../src/predictions/encode.ts';
import type { Predictions } from '../../src/predictions/predictions.ts';
import { readPredictions } from '../../src/predictions/read-predictions.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-registry-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string, options: ReadPredictions = {}, ending = 'csv'): Promise<Predictions> {
  count += 1;
  const file = join(folder, `predictions-${count}.${ending}`);
  await writeFile(file, text);
  return readPredictions(file, options);
}

describe('predictions are read', () => {
  it('under the usual names of columns, or those that are said', async () => {
    const found = await read('ID,y_true,y_proba\na,1,0.9\nb,0,0.2\n');
    expect(found).toMatchObject({ task: 'binary', rows: 2, classes: ['0', '1'] });
    expect(found.ids).toHaveLength(2);
    const named = await read('churned\tguess\tstate\nyes\tno\tCA\nno\tno\tNY\n', {
      columns: { label: 'churned', prediction: 'guess' },
      by: ['state'],
    });
    expect(named).toMatchObject({ task: 'binary', classes: ['no', 'yes'], groups: [{ values: ['CA', 'NY'] }] });
    expect([...named.labels]).toEqual([1, 0]);
    expect(named.predicted && [...named.predicted]).toEqual([0, 0]);
  });

  it('from JSON Lines, with text, numbers and truth values', async () => {
    const found = await read(
      '{"label": true, "score": 0.5, "__proto__": {"label": 1}}\n\n{"score": 0.25, "label": false}',
      {},
      'jsonl',
    );
    expect(found.classes).toEqual(['false', 'true']);
    expect(found.scores && [...found.scores]).toEqual([0.5, 0.25]);
    expect(found.predicted && [...found.predicted]).toEqual([1, 0]);
  });

  it('with one class for what is the same in whole and in decimal numbers', async () => {
    const found = await read('label,prediction\n1,1.0\n0,0.0\n1,0\n');
    expect(found.classes).toEqual(['0', '1']);
    expect(found.predicted && [...found.predicted]).toEqual([1, 0, 0]);
  });

  it.each([
    ['label,prediction\n0,0.2\n1,0.7\n', {}, 'binary', ['0', '1']],
    ['label,prediction\n0.5,0.2\n1,0.7\n', {}, 'regression', []],
    ['label,prediction\n0,2\n1,1\n2,2\n', {}, 'multiclass', ['0', '1', '2']],
    ['label,prediction\n0,2\n1,1\n2,2\n', { task: 'regression' }, 'regression', []],
    ['label,prediction\n10,a\n9,b\n', {}, 'multiclass', ['10', '9', 'a', 'b']],
    ['label,prediction\n-1,1\n1,1\n', {}, 'binary', ['-1', '1']],
    ['label,prediction\nham,ham\nspam,ham\n', { positive: 'spam' }, 'binary', ['ham', 'spam']],
    ['label,prediction\n0,0\n0,0\n', {}, 'binary', ['0', '1']],
  ] as const)('as what they look like: %j', async (text, options, task, classes) => {
    expect(await read(text, options)).toMatchObject({ task, classes });
  });

  it('in the order of the names of examples, whatever that of the file', async () => {
    const rows = Array.from({ length: 50 }, (_, row) => `row ${row},${row % 2},0.${row}`);
    const [first, second] = await Promise.all(
      [rows, rows.toReversed()].map((lines) => read(`id,label,score\n${lines.join('\n')}`)),
    );
    expect(second).toEqual(first);
  });

  it.each([
    ['', 'is empty'],
    ['label,prediction\n', 'no rows'],
    ['a,b\n1,2\n', 'no column label'],
    ['label,b\n1,2\n', 'neither a column prediction'],
    ['label,label,score\n1,2,3\n', 'two columns "label"'],
    ['label,score\n1,0.5\n,0.5\n', 'no label in row 2'],
    ['label,score\n1,high\n', '"high" in row 1, which is no number'],
    ['label,score\n1,nan\n', 'is no number'],
    ['id,label,score\nx,1,0.5\nx,0,0.5\n', 'the same id twice'],
    ['label,prediction\ncat,cat\ndog,cat\n', 'say which is the one that is looked for, with --positive'],
    ['label,prediction,score\n1,0.7,0.7\n0,0.2,0.2\n', 'predictions that are no classes, such as 0.7'],
    ['label,score\ncat,1\ndog,1\nant,0\n', 'several classes and no column prediction'],
    [`label,score\n${'"'.repeat(1)}${'x'.repeat(3_000_000)}`, 'a quote may lack its end'],
  ])('and refused with a reason: %.40j', async (text, why) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'PREDICTIONS_INVALID',
      message: expect.stringContaining(why),
    });
  });

  it('and refused by columns and groups that there aren’t, or are too many', async () => {
    const text = `label,score,g\n${Array.from({ length: 150 }, (_, row) => `${row % 2},0.5,${row}`).join('\n')}`;
    await expect(read(text, { by: ['country'] })).rejects.toMatchObject({
      message: expect.stringContaining('no column "country", but "label", "score", "g"'),
    });
    await expect(read(text, { by: ['g'] })).rejects.toMatchObject({
      message: expect.stringContaining('more than 100 different values of "g"'),
    });
    await expect(read('[1]\n', {}, 'jsonl')).rejects.toMatchObject({
      message: expect.stringContaining('no JSON object'),
    });
    await expect(readPredictions(join(folder, 'none.csv'), {})).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    await expect(readPredictions(folder, {})).rejects.toMatchObject({
      message: expect.stringContaining('isn’t a file'.replace('’', "'")),
    });
  });

  it('however they are quoted, and in whatever pieces the file comes', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '😀'), maxLength: 8 });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 20 }), async (rows) => {
        const text = `label,score,note\n${rows.map(([note, label]) => `${label},0.5,${quoted(note)}`).join('\n')}`;
        const found = await read(text);
        expect([...found.labels]).toEqual(rows.map(([, label]) => Number(label)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('predictions as an object', () => {
  const text = 'id,label,prediction,score,sex\na,1,1,0.75,F\nb,0,1,0.5,M\nc,1,0,0.125,F\n';

  it('are read as they were', async () => {
    for (const found of [await read(text, { by: ['sex'] }), await read('label,prediction\n1.5,2\n-3,1e300\n')])
      expect(decodePredictions(encodePredictions(found))).toEqual(found);
  });

  it('are refused where they were changed', async () => {
    const bytes = encodePredictions(await read(text, { by: ['sex'] }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(bytes.length), (noise, at) => {
        const changed = Buffer.from(bytes);
        changed.set(noise.subarray(0, Math.max(0, bytes.length - at)), at);
        try {
          decodePredictions(changed);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PREDICTIONS_DAMAGED' });
        }
      }),
    );
    for (const other of [Buffer.from('x'), bytes.subarray(0, 20)])
      expect(() => decodePredictions(other)).toThrow(expect.objectContaining({ code: 'PREDICTIONS_DAMAGED' }));
  });
});
