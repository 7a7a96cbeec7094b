import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Recording, Registry } from '../../src/registry/api/registry.ts';
import { keepWaiting, takeDecided, takeWaiting, waitingFor } from '../../src/serving/after/waiting.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-waiting-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ID = '01M84GD1DENREG1STRY0000001';
const recording: Recording = {
  id: ID,
  at: '2026-11-26T01:00:00.000Z',
  events: [{ type: 'alias.removed', model: '01M84GD1DENREG1STRY0000002', alias: 'champion' }],
  pending: true,
};

it('is found by its workspace folder, and taken by one of several only', async () => {
  await keepWaiting(dir, '/projects/a', recording);
  expect(await waitingFor(dir, '/projects/b')).toEqual([]);
  expect(await waitingFor(dir, '/projects/a')).toEqual([ID]);
  const taken = await Promise.all([takeWaiting(dir, ID), takeWaiting(dir, ID), takeWaiting(dir, ID)]);
  expect(taken.filter((one) => one !== undefined)).toEqual([recording]);
  expect(await readdir(join(dir, 'follow-ups'))).not.toContain(`${ID}.json`);
});

it('is taken out once it is decided, and sets nothing off where it was refused', async () => {
  const outcomes = ['applied', 'pending', 'gone'] as const;
  const ids = outcomes.map((_outcome, index) => `${ID.slice(0, -1)}${index + 3}`);
  for (const id of ids) await keepWaiting(dir, '/projects/a', { ...recording, id });
  const location: Registry['location'] = { dir, registryId: '', logDir: dir };
  const outcomeOf: Registry['outcomeOf'] = async (id) => outcomes[ids.indexOf(id)] ?? 'pending';
  const taken: string[] = [];
  for await (const { id } of takeDecided({ location, outcomeOf }, '/projects/a')) taken.push(id);
  expect(taken).toEqual(ids.slice(0, 1));
  expect(await waitingFor(dir, '/projects/a')).toEqual(ids.slice(1, 2));
});

it('is nothing that somebody else put there', async () => {
  expect(await waitingFor(dir, '/projects/a')).toEqual([]);
  await mkdir(join(dir, 'follow-ups'));
  for (const [name, text] of [
    [`${ID}.json`, 'no JSON'],
    ['../escape.json', '{}'],
    ['other.json', JSON.stringify({ root: '/projects/a', recording })],
    ['01M84GD1DENREG1STRY0000003.json', JSON.stringify({ root: '/projects/a', recording: {} })],
  ] as const)
    await writeFile(join(dir, 'follow-ups', name), text);
  expect(await waitingFor(dir, '/projects/a')).toEqual([]);
  expect(await takeWaiting(dir, ID)).toBeUndefined();
});
