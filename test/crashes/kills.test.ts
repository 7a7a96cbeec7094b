import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../storage/temp-folder.ts';
import { bundled } from './bundle.ts';
import { runRound } from './round.ts';

// Every process takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let programs: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  programs = await bundled('worker');
});
afterAll(() => programs.dispose());

describe('processes that are killed', () => {
  it('lose nothing that they acknowledged, and leave a registry that needs no repair', async () => {
    const root = await tempFolder();
    const report = await runRound({ root, workerFile: programs.fileOf('worker'), seed: 1, kills: 40, lines: 3 });
    expect(report.kills).toBe(40);
    expect(report.interrupted).toBeGreaterThan(10);
    expect(report.acknowledged).toBeGreaterThan(40);
  });
});
