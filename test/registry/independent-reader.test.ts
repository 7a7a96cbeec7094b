import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Registry } from '../../src/registry/api/registry.ts';
import { manyTensors, weightsFile } from './facts/weights-file.ts';
import { makePlace, type Place, registerVersions } from './opened.ts';

const READER = join(import.meta.dirname, '../independent-reader.py');

const placeSchema = { subject: v.string(), target: v.string() };
const expectedSchema = v.object({
  verdicts: v.array(v.object({ seq: v.number(), intents: v.array(v.string()) })),
  tables: v.object({
    requests: v.array(v.object(placeSchema)),
    approvals: v.array(
      v.object({ ...placeSchema, person: v.string(), is_given: v.number(), lapse: v.nullable(v.string()) }),
    ),
  }),
});

interface Reading {
  readonly code: number;
  readonly output: {
    readonly head: unknown;
    readonly production: unknown;
    readonly voids: readonly (readonly [number, string])[];
    readonly asked: unknown;
    readonly counted: unknown;
    readonly damage: readonly string[];
  };
}

function readIndependently(dir: string): Promise<Reading> {
  return new Promise((resolve, reject) => {
    execFile('python3', [READER, dir], (error, stdout, stderr) => {
      try {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: JSON.parse(stdout) });
      } catch {
        reject(new Error(`The reader failed: ${stderr}`, { cause: error }));
      }
    });
  });
}

async function liveIn(place: Place, registry: Registry): Promise<void> {
  await registerVersions(place, registry, 3);
  await registry.promote({ ref: 'fraud@1', stage: 'staging', reason: 'try' });
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
  await registry.rollback({ model: 'fraud', reason: 'complaints' });
  await registry.promote({ ref: 'fraud@3', stage: 'production', reason: 'third' });
  await registry.renameModel({ model: 'fraud', name: 'fraud-detector' });
  await registry.register({ model: 'churn', paths: [await place.write('churn.bin', 'c')], params: { rate: '0,1 ü' } });
  await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'first' });
  const unsorted = weightsFile({ 'z ü "quoted"': [1], a: [2, 3], 'B\u20ac': [] });
  await registry.register({ model: 'tiny', paths: [await place.write('tiny.safetensors', unsorted)] });
  await registry.register({ model: 'large', paths: [await place.write('large.safetensors', manyTensors())] });
  await registry.archive({ ref: 'churn@1', reason: 'unused' });
}

it('is read alike by a program that was written from the format alone', async () => {
  const place = await makePlace();
  const registry = await place.open();
  await liveIn(place, registry);
  const { head } = await registry.verify();
  const entries = await registry.production();
  const { code, output } = await readIndependently(place.registryDir);
  expect(output).toEqual({
    head,
    production: Object.fromEntries(entries.map(({ model, version }) => [model, version.number])),
    voids: [],
    asked: [],
    counted: [],
    damage: [],
  });
  expect(output.production).toEqual({ 'fraud-detector': 3 });
  expect(code).toBe(0);
});

it('is found damaged by it too, where one byte was changed', async () => {
  const place = await makePlace();
  await liveIn(place, await place.open());
  const keys = [...(await place.files()).keys()].filter((key) => !key.startsWith('format') && !key.includes('000012.'));
  for (const key of [
    keys[0],
    keys.find((name) => name.startsWith('manifests/')),
    keys.find((name) => name.startsWith('objects/')),
  ]) {
    const file = join(place.registryDir, key ?? '');
    const bytes = await readFile(file);
    const changed = Uint8Array.from(bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    await chmod(file, 0o644);
    await writeFile(file, changed);
    const { code, output } = await readIndependently(place.registryDir);
    expect(output.damage.length, key).toBeGreaterThan(0);
    expect(code).toBe(1);
    await writeFile(file, bytes);
  }
});

it('judges requests, approvals, gates and policies alike, from the same bytes', async () => {
  const golden = join(import.meta.dirname, '../log/golden/reviews');
  const place = await makePlace();
  const dir = join(place.dir, 'golden');
  await mkdir(join(dir, 'log'), { recursive: true });
  for (const name of await readdir(golden))
    if (name !== 'expected.json') await cp(join(golden, name), join(dir, name === 'format.json' ? '' : 'log', name));
  const { output } = await readIndependently(dir);
  const { verdicts, tables } = v.parse(
    expectedSchema,
    JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8')),
  );
  const voids = verdicts.flatMap(({ seq, intents }) => intents.filter((one) => one !== 'applied').map(() => seq));
  expect(voids.length).toBeGreaterThan(10);
  expect(output.voids.map(([seq]) => seq)).toEqual(voids);
  expect(output.asked).toEqual(tables.requests.map(({ subject, target }) => [subject, target]).sort());
  const standing = tables.approvals.filter(({ is_given, lapse }) => is_given === 1 && lapse === null);
  expect(output.counted).toEqual(standing.map(({ subject, target, person }) => [subject, target, person]).sort());
});
