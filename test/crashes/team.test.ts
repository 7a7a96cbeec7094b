import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from '../storage/azure/azurite.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { bundled } from './bundle.ts';
import { runTeam } from './team.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let programs: Awaited<ReturnType<typeof bundled>>;
let azurite: Azurite;
beforeAll(async () => {
  programs = await bundled('team-worker');
  azurite = await startAzurite();
});
afterAll(async () => {
  await azurite.stop();
  await programs.dispose();
});

describe('people on machines of their own, on one real container', () => {
  it('lose nothing that was acknowledged, and all see one chain, however often they are killed', async () => {
    const report = await runTeam({
      root: await tempFolder(),
      workerFile: programs.fileOf('team-worker'),
      url: await azurite.container(),
      connectionString: azurite.connectionString,
      clients: 3,
      operations: 12,
      seed: 1,
    });
    expect(report.acknowledged).toBeGreaterThan(10);
  });
});
