import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from '../../src/runs/byte-cursor.ts';
import { RunFiles } from '../../src/runs/run-files.ts';
import type { MetricHistory } from '../../src/runs/run-record.ts';
import { maskedCrc32c } from '../../src/runs/tensorboard/crc32c.ts';
import { readTfRecords } from '../../src/runs/tensorboard/tfrecord.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { expected, fixture, metric, runsIn } from './fixtures.ts';

const courses = v.record(v.string(), v.array(v.tuple([v.number(), metric, v.number()])));

function pointsOf(history: MetricHistory | undefined) {
  return history?.points.map(({ step, value, atMs }) => [step, value, atMs]);
}

describe("runs in TensorBoard's event files", () => {
  it('say what TensorBoard itself says, with the hyperparameters that PyTorch puts into a folder below', async () => {
    const told = await expected('tensorboard', v.object({ first: courses, hparams: courses }));
    const [run, ...others] = await runsIn(await fixture('tensorboard'), 'tensorboard');
    expect(others).toEqual([]);
    for (const [name, points] of Object.entries({ ...told.first, ...told.hparams })) {
      expect(run?.metrics[name]).toEqual(points.at(-1)?.[1]);
      const ms = points.map(([step, value, seconds]) => [step, value, Math.round(seconds * 1000)]);
      if (points.length > 1) expect(pointsOf(run?.history?.[name])).toEqual(ms);
    }
    expect(Object.keys(run?.metrics ?? {})).toHaveLength(Object.keys({ ...told.first, ...told.hparams }).length);
    expect(run).toMatchObject({
      name: 'first',
      status: 'finished',
      params: { lr: '0.1', optimizer: 'adam', nesterov: '1' },
    });
  });

  it('say what Keras says, whose parts are in folders of their own', async () => {
    const root = await fixture('keras');
    const { history } = await expected('keras', v.object({ history: v.record(v.string(), v.array(v.number())) }));
    const [run] = await runsIn(root, 'tensorboard');
    expect(run?.place).toBe('logs/fit');
    for (const [ours, theirs] of [
      ['train/epoch_loss', 'loss'],
      ['validation/epoch_mae', 'val_mae'],
    ]) {
      const found = run?.history?.[ours ?? '']?.points.map(({ value }) => Number(value));
      expect(found).toHaveLength(4);
      for (const [step, value] of (history[theirs ?? ''] ?? []).entries()) expect(found?.[step]).toBeCloseTo(value, 5);
    }
  });

  it('are read up to a record that is still being written, and up to one that is damaged', async () => {
    const root = await fixture('tensorboard');
    const folder = join(root, 'runs/first');
    const name = (await readdir(folder)).find((entry) => entry.startsWith('events')) ?? '';
    const whole = await readFile(join(folder, name));
    await appendFile(join(folder, name), whole.subarray(0, 20));
    const [growing] = await runsIn(root, 'tensorboard');
    expect(growing?.problems).toBeUndefined();
    expect(growing?.history?.acc?.total).toBe(20);
    const damaged = Buffer.from(whole);
    damaged[500] = (damaged[500] ?? 0) ^ 1;
    await writeFile(join(folder, name), damaged);
    const [found] = await runsIn(root, 'tensorboard');
    expect(found?.problems).toEqual([expect.stringContaining('is damaged')]);
    expect(found?.history?.acc?.total).toBeLessThan(20);
  });
});

describe('records', () => {
  const recordOf = (bytes: Uint8Array): Buffer => {
    const header = Buffer.alloc(12);
    header.writeBigUInt64LE(BigInt(bytes.length));
    header.writeUInt32LE(maskedCrc32c(header.subarray(0, 8)), 8);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(maskedCrc32c(bytes));
    return Buffer.concat([header, bytes, sum]);
  };
  const read = async (file: Uint8Array) => {
    const root = await temporaryFolder();
    await write(root, 'f', file);
    const found: Uint8Array[] = [];
    const cursor = new ByteCursor(await RunFiles.of(root), 'f', file.length);
    const end = await readTfRecords(cursor, (bytes) => found.push(bytes.slice()));
    return { found, end };
  };

  it('come back as they were written, and up to any place where the file is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }), fc.nat(400), async (all, cut) => {
        const records = all.map(recordOf);
        const file = Buffer.concat(records);
        expect(await read(file)).toEqual({ found: all, end: 'whole' });
        const kept = file.subarray(0, Math.min(cut, file.length));
        const { found, end } = await read(kept);
        expect(found).toEqual(all.slice(0, found.length));
        const lengths = records.slice(0, found.length).reduce((sum, record) => sum + record.length, 0);
        expect(end).toBe(lengths === kept.length ? 'whole' : 'cut-off');
      }),
      { numRuns: 60 },
    );
  });

  it('of any bytes at all are an end, never a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(['whole', 'cut-off', 'damaged']).toContain((await read(bytes)).end);
      }),
      { numRuns: 60 },
    );
  });
});
