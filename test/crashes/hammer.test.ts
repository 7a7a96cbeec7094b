import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../storage/temp-folder.ts';
import { bundled } from './bundle.ts';
import { hammer } from './hammer.ts';

// Every process takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let programs: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  programs = await bundled('hammer-worker');
});
afterAll(() => programs.dispose());

const run = async (kind: 'promote' | 'note', processes: number, count: number) =>
  hammer({ root: await tempFolder(), workerFile: programs.fileOf('hammer-worker'), processes, count, kind });

describe('several processes in one registry', () => {
  it('promote two versions in turn: one chain, never two in production, and an answer to everybody', async () => {
    const { asked, applied, refused } = await run('promote', 4, 20);
    expect(applied + Object.values(refused).reduce((sum, count) => sum + count, 0)).toBe(asked);
    expect(Object.keys(refused).filter((code) => !['CONFLICT', 'STAGE_UNCHANGED'].includes(code))).toEqual([]);
    expect(applied).toBeGreaterThan(0);
  });

  it('all get through where nothing stands against it', async () => {
    expect(await run('note', 4, 15)).toMatchObject({ applied: 60, refused: {} });
  });
});
