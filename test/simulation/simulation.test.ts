import { describe, expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';
import { runSharedSchedule } from './shared-schedule.ts';
import type { Fault } from './world.ts';

describe('clients on a machine that fails', () => {
  it('lose nothing, and agree, in a few hundred random schedules', async () => {
    let applied = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const report = await runSchedule({ seed }).catch((cause: unknown) => {
        throw new Error(`Replay with: npm run campaign -- --seed ${seed}`, { cause });
      });
      applied += report.applied;
    }
    expect(applied).toBeGreaterThan(300);
  });

  it.each<Fault>(['fails', 'lost answer', 'late', 'kill before', 'kill after', 'power'])(
    'survive that any single operation %s',
    async (fault) => {
      // Without a fault this one ends before the step: then every operation was hit.
      for (let step = 0; ; step += 1) {
        const report = await runSchedule({ seed: 5, clients: 1, requests: 3, faultAt: { step, fault } });
        if (report.steps < step) break;
      }
    },
  );
});

describe('machines that share a store which fails', () => {
  it('lose nothing, and agree, in a few hundred random schedules', async () => {
    let applied = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const report = await runSharedSchedule({ seed }).catch((cause: unknown) => {
        throw new Error(`Replay with: npm run campaign -- --shared --seed ${seed}`, { cause });
      });
      applied += report.applied;
    }
    expect(applied).toBeGreaterThan(300);
  });

  it.each<Fault>(['fails', 'lost answer', 'late', 'kill before', 'kill after', 'power'])(
    'survive that any single operation %s',
    async (fault) => {
      // Without a fault this one ends before the step: then every operation was hit.
      for (let step = 0; ; step += 1) {
        const report = await runSharedSchedule({ seed: 12, clients: 2, requests: 2, faultAt: { step, fault } });
        if (report.steps < step) break;
      }
    },
  );
});
