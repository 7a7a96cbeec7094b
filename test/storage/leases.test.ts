import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { whileNobodyStores } from '../../src/storage/leases.ts';
import { tempFolder } from './temp-folder.ts';

it('lets one at a time remove objects, also where several find the mark of one that died', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  let atWork = 0;
  let most = 0;
  for (let round = 0; round < 15; round += 1) {
    const dir = await tempFolder();
    await mkdir(join(dir, 'removals'));
    await writeFile(join(dir, 'removals', 'of-a-dead-one.json'), JSON.stringify({ pid: dead.pid, host: hostname() }));
    const removing = async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      atWork -= 1;
    };
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => whileNobodyStores(dir, removing, { patienceMs: 20_000 })),
    );
    // Those that step back for each other get their turn.
    expect(outcomes.every((outcome) => 'done' in outcome)).toBe(true);
  }
  expect(most).toBe(1);
});

it.runIf(process.platform === 'linux')(
  'is not kept waiting by a mark whose process has died, once its number is another one’s',
  async () => {
    const dir = await tempFolder();
    await mkdir(join(dir, 'intakes'));
    await writeFile(
      join(dir, 'intakes', 'of-a-dead-one.json'),
      JSON.stringify({ pid: process.pid, host: hostname(), start: '1' }),
    );
    expect(await whileNobodyStores(dir, async () => 'freed', { patienceMs: 0 })).toEqual({ done: 'freed' });
  },
);

it('waits for whoever stores in another container, whose processes it can’t see though its host has the same name', async () => {
  const dir = await tempFolder();
  await mkdir(join(dir, 'intakes'));
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const elsewhere = { pid: dead.pid, host: hostname(), space: 'pid:[1]', start: '1' };
  await writeFile(join(dir, 'intakes', 'of-a-container.json'), JSON.stringify(elsewhere));
  const outcome = await whileNobodyStores(dir, async () => 'freed', { patienceMs: 0 });
  expect(outcome).toEqual({ inTheWay: elsewhere });
});
