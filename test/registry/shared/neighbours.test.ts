import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { machine, registerFraud, sharedStorage } from './machines.ts';

describe('two processes of one machine', () => {
  it('share each other’s work without getting in each other’s way', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    await ann.attach();
    const [one, other] = [await ann.open(), await ann.open()];
    let isRunning = true;
    const syncing = (async () => {
      while (isRunning) {
        await other.sync();
        // Neither small files nor this storage let others have a turn.
        await turn();
      }
    })();
    try {
      for (let index = 0; index < 30; index += 1) {
        const version = await registerFraud(ann, one, `weights ${index}`);
        expect(version).toMatchObject({ number: index + 1, pending: false });
        const { pending } = await one.promote({ ref: version.id, stage: 'staging', reason: 'try' });
        expect(pending).toBe(false);
      }
    } finally {
      isRunning = false;
      await syncing;
    }
    expect(await one.refused()).toEqual([]);
  });
});
