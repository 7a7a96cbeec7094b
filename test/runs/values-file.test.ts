import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMetric, readMetricsFile, readMetricsWithHistory, readParamsFile } from '../../src/runs/values-file.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';

async function file(name: string, text: string): Promise<string> {
  return write(await temporaryFolder(), name, text);
}

describe('a file of metrics', () => {
  it('gives its numbers, nested names joined by dots, and nothing else', async () => {
    const text =
      '{"auc": 0.9, "slices": {"DE": {"auc": 0.8}}, "model": "lr", "ok": true, "none": null, "curve": [1, 2]}';
    expect(await readMetricsFile(await file('metrics.json', text))).toEqual({ auc: 0.9, 'slices.DE.auc': 0.8 });
  });

  it('may be YAML', async () => {
    const text = 'auc: 0.9\nloss: .inf\nece: .nan\nslices:\n  DE: {auc: 0.8}\n';
    expect(await readMetricsFile(await file('metrics.yaml', text))).toEqual({
      auc: 0.9,
      loss: 'Infinity',
      ece: 'NaN',
      'slices.DE.auc': 0.8,
    });
  });

  it('may be TOML', async () => {
    const text = 'auc = 0.9\nloss = inf\nece = nan\nmany = 9007199254740993\n[slices.DE]\nauc = 0.8\n';
    expect(await readMetricsFile(await file('metrics.toml', text))).toEqual({
      auc: 0.9,
      loss: 'Infinity',
      ece: 'NaN',
      'slices.DE.auc': 0.8,
    });
  });

  it.each([
    ['json', '{"auc": 0.9, "loss": 1e400, "up": Infinity}'],
    ['yaml', 'auc: 0.9\nloss: 1e400\nup: .inf\n'],
    ['toml', 'auc = 0.9\nloss = -1e400\n'],
    ['csv', 'metric,value\nauc,0.9\nloss,1e400\nup,inf\n'],
    ['tsv', 'step\tauc\tloss\tup\n0\t0.8\t0.5\t1\n1\t0.9\t1e400\tinf\n'],
  ])('has no value for a number that is too large to be one, and says so (%s)', async (ending, text) => {
    const path = await file(`m.${ending}`, text);
    const whys: string[] = [];
    const { metrics, history } = await readMetricsWithHistory(path, (why) => whys.push(why));
    expect(metrics).toEqual({ auc: 0.9, ...(ending === 'toml' ? {} : { up: 'Infinity' }) });
    expect(history?.loss?.points ?? []).not.toContainEqual(
      expect.objectContaining({ value: Number.POSITIVE_INFINITY }),
    );
    expect(whys).toEqual(['has a value for loss that is larger than any number that can be recorded']);
    await expect(readMetricsFile(path)).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
    if (ending === 'csv' || ending === 'tsv') return;
    const params = await readParamsFile(path, () => undefined);
    expect(params).toEqual({ auc: '0.9', ...(ending === 'toml' ? {} : { up: 'Infinity' }) });
  });

  it('may be a table with a row for each step: the last number of each column counts', async () => {
    const text = 'epoch,step,loss,val_loss,note\n0,10,0.5,,a\n0,20,,0.75,b\n1,30,nan,,c\n';
    const path = await file('metrics.csv', text);
    expect(await readMetricsFile(path)).toEqual({ loss: 'NaN', val_loss: 0.75 });
    expect((await readMetricsWithHistory(path)).history).toEqual({
      loss: {
        total: 2,
        points: [
          { step: 10, value: 0.5 },
          { step: 30, value: 'NaN' },
        ],
      },
    });
  });

  it('may be a table of names and values', async () => {
    const text = 'metric\tvalue\nauc\t0.9\n"a ""b"""\t-inf\nmodel\tlr\n';
    expect(await readMetricsFile(await file('m.tsv', text))).toEqual({ auc: 0.9, 'a "b"': '-Infinity' });
  });

  it('may hold what Python writes where JSON has no number, and begin with a byte order mark', async () => {
    const text = '\uFEFF{"a": NaN, "b": -Infinity, "c": Infinity, "text": "NaN or Infinity"}';
    expect(await readMetricsFile(await file('m.json', text))).toEqual({ a: 'NaN', b: '-Infinity', c: 'Infinity' });
  });

  it.each([
    ['cut off', 'm.json', '{"auc": 0.'],
    ['without names', 'm.json', '12'],
    ['too large', 'm.json', `{"a": "${'x'.repeat(1024 * 1024)}"}`],
    [
      'with too many values',
      'm.json',
      JSON.stringify(Object.fromEntries(Array.from({ length: 2001 }, (_, n) => [`m${n}`, n]))),
    ],
    ['nested too deep', 'm.json', `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`],
    ['no TOML', 'm.toml', 'auc = '],
    ['a table without rows', 'm.csv', 'auc,loss\n'],
    ['a table without numbers', 'm.csv', 'a,b\nx,y\n'],
    ['a table with a reserved name', 'm.csv', 'a,__proto__\n1,2\n'],
    ['with a reserved name in TOML', 'm.toml', '__proto__ = 1\n'],
    ['that refers to itself', 'm.yaml', 'a: &a\n  b: *a\n'],
    ['with a name that the log can not hold', 'm.json', JSON.stringify({ ['n'.repeat(300)]: 1 })],
    ['with a reserved name', 'm.json', '{"constructor": 1}'],
  ])('is refused where it is %s', async (_what, name, text) => {
    await expect(readMetricsFile(await file(name, text))).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
  });

  it('is refused where it is not there, or no file', async () => {
    const folder = await temporaryFolder();
    await expect(readMetricsFile(join(folder, 'm.json'))).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    await expect(readMetricsFile(folder)).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
  });

  it.skipIf(process.platform === 'win32')('is refused at once where it is a pipe that nobody writes to', async () => {
    const pipe = join(await temporaryFolder(), 'm.json');
    execFileSync('mkfifo', [pipe]);
    await expect(readMetricsFile(pipe)).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
  });
});

describe('a file of params', () => {
  it('gives every scalar as text, and a list as one', async () => {
    const text = 'lr: 0.5\nname: a b\nflag: true\nnone: null\nfeatures: [x, y]\nnested: {depth: 3}\n';
    expect(await readParamsFile(await file('params.yaml', text))).toEqual({
      lr: '0.5',
      name: 'a b',
      flag: 'true',
      features: '["x","y"]',
      'nested.depth': '3',
    });
  });

  it('may be TOML, or a table of names and values or of one row', async () => {
    const toml = 'lr = 0.5\nwhen = 2026-11-25\nmany = 9007199254740993\nlayers = [64, 32]\n[opt]\nname = "adam"\n';
    expect(await readParamsFile(await file('params.toml', toml))).toEqual({
      lr: '0.5',
      when: expect.stringContaining('2026-11-25'),
      many: '9007199254740993',
      layers: '[64,32]',
      'opt.name': 'adam',
    });
    const pairs = await file('pairs.csv', 'name,value\nlr,0.5\nnote,"a, b"\n');
    expect(await readParamsFile(pairs)).toEqual({ lr: '0.5', note: 'a, b' });
    expect(await readParamsFile(await file('row.csv', 'lr,depth\n0.5,3\n'))).toEqual({ lr: '0.5', depth: '3' });
    await expect(readParamsFile(await file('rows.csv', 'lr,depth\n0.5,3\n0.1,4\n'))).rejects.toMatchObject({
      code: 'VALUES_FILE_INVALID',
    });
  });

  it('is refused where a list holds itself', async () => {
    const path = await file('params.yaml', 'x: &a [*a]\n');
    await expect(readParamsFile(path)).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
  });

  it('says of a name whether it is too long, or which none may be', async () => {
    const [long, reserved] = [`${'x'.repeat(300)}`, 'constructor'];
    const told = async (name: string) =>
      readParamsFile(await file('params.json', `{"${name}": 1}`)).catch((error: Error) => error.message);
    expect(await told(long)).toMatch(/has the name "x+…", which is longer than 256 characters/);
    expect(await told(reserved)).toContain('has the name "constructor", which no value can have');
  });

  it('is refused where a value is too long for the log', async () => {
    const path = await file('params.json', JSON.stringify({ a: 'x'.repeat(20_000) }));
    await expect(readParamsFile(path)).rejects.toMatchObject({ code: 'VALUES_FILE_INVALID' });
  });
});

it.each([
  ['0.5', 0.5],
  ['-1e-3', -0.001],
  ['nan', 'NaN'],
  ['Infinity', 'Infinity'],
])('reads the metric %s from a command line', (text, value) => {
  expect(parseMetric('auc', text)).toBe(value);
});

it.each(['', ' ', 'high', '1,5'])('refuses "%s" as a metric', (text) => {
  expect(() => parseMetric('auc', text)).toThrow(expect.objectContaining({ code: 'METRIC_INVALID' }));
});
