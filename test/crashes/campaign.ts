// Kills many processes and lets many work against each other. Prints figures; ends with 1 at the first fault, whose folder stays.
//   npm run crashes -- [--kills 2000] [--seed 1] [--lines 4] [--processes 8] [--promotions 200] [--clients 10] [--operations 100] [--folder DIR]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAzurite } from '../storage/azure/azurite.ts';
import { bundled } from './bundle.ts';
import { hammer } from './hammer.ts';
import { type RoundReport, runRound } from './round.ts';
import { runTeam } from './team.ts';

/** Kills in one registry, which gets slower to check as it grows. */
const KILLS_A_ROUND = 100;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '4' },
    processes: { type: 'string', default: '8' },
    promotions: { type: 'string', default: '200' },
    clients: { type: 'string', default: '10' },
    operations: { type: 'string', default: '100' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const [kills, seed, lines, processes, promotions] = [
  values.kills,
  values.seed,
  values.lines,
  values.processes,
  values.promotions,
].map(Number);

const programs = await bundled('worker', 'hammer-worker', 'team-worker');
await mkdir(values.folder, { recursive: true });
const folder = await mkdtemp(join(values.folder, 'model-registry-crashes-'));
try {
  console.log(`${cpus().length} cores, Node ${process.version}, ${folder}`);
  await killProcesses();
  if (Number(values.promotions) > 0) await letThemCompete();
  if (Number(values.clients) > 0) await letThemShare();
  await rm(folder, { recursive: true, force: true });
} catch (error) {
  console.error(error);
  console.error(`The files are in ${folder}.`);
  process.exitCode = 1;
} finally {
  await programs.dispose();
}

async function killProcesses(): Promise<void> {
  const begin = performance.now();
  const sum: RoundReport = { kills: 0, interrupted: 0, acknowledged: 0, refused: 0, leftovers: 0 };
  let total = sum;
  for (let round = 0; total.kills < (kills ?? 0); round += 1) {
    const root = join(folder, `round-${round}`);
    const roundSeed = (seed ?? 1) * 10_000 + round;
    await mkdir(root);
    const count = Math.min(KILLS_A_ROUND, (kills ?? 0) - total.kills);
    // Alone, a process leaves a kill to nobody else to mend; together, they see each other's half-done work.
    const alive = round % 5 === 0 ? 1 : (lines ?? 4);
    const report = await runRound({
      root,
      workerFile: programs.fileOf('worker'),
      seed: roundSeed,
      kills: count,
      lines: alive,
    }).catch((error: unknown) => {
      throw new Error(`Round ${round} (seed ${roundSeed}, ${alive} at once) failed.`, { cause: error });
    });
    total = {
      kills: total.kills + report.kills,
      interrupted: total.interrupted + report.interrupted,
      acknowledged: total.acknowledged + report.acknowledged,
      refused: total.refused + report.refused,
      leftovers: total.leftovers + report.leftovers,
    };
    console.log(`${total.kills} kills, ${seconds(begin)} s: ${JSON.stringify(total)}`);
    await rm(root, { recursive: true, force: true });
  }
}

async function letThemCompete(): Promise<void> {
  const workerFile = programs.fileOf('hammer-worker');
  const atOnce = processes ?? 8;
  for (const kind of ['promote', 'note'] as const) {
    for (const count of [1, 2, atOnce]) {
      const root = join(folder, `${kind}-${count}`);
      await mkdir(root);
      const report = await hammer({ root, workerFile, processes: count, count: promotions ?? 200, kind });
      const rate = Math.round(report.applied / report.seconds);
      console.log(`${kind}, ${count} processes: ${rate} applied a second: ${JSON.stringify(report)}`);
      await rm(root, { recursive: true, force: true });
    }
  }
}

/** On one container of a real blob storage, each on a machine of its own. */
async function letThemShare(): Promise<void> {
  const azurite = await startAzurite();
  try {
    const root = join(folder, 'team');
    await mkdir(root);
    const report = await runTeam({
      root,
      workerFile: programs.fileOf('team-worker'),
      url: await azurite.container(),
      connectionString: azurite.connectionString,
      clients: Number(values.clients),
      operations: Number(values.operations),
      seed: seed ?? 1,
    });
    console.log(`${values.clients} clients, ${values.operations} operations each: ${JSON.stringify(report)}`);
    await rm(root, { recursive: true, force: true });
  } finally {
    await azurite.stop();
  }
}

function seconds(begin: number): string {
  return ((performance.now() - begin) / 1000).toFixed(1);
}
