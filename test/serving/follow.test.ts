import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import type { ServingMachine } from '../../src/registry/api/serving.ts';
import { type FollowEvent, type FollowOptions, follow } from '../../src/serving/follow.ts';
import { machine, registerFraud, sharedStorage } from '../registry/shared/machines.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A team's machine with three versions, the first in production, and a serving machine. */
async function team() {
  const storage = sharedStorage();
  const ann = await machine(storage);
  await ann.attach();
  const own = await ann.open();
  for (const content of ['one', 'two', 'three']) await registerFraud(ann, own, content);
  await own.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  const server = await machine(storage);
  await server.attach();
  return { storage, own, server, registry: await server.open(), to: join(server.dir, 'serving/model') };
}

function start(registry: FollowOptions['registry'], to: string, exec?: string, reportAs?: string) {
  const stopped = new AbortController();
  const events: FollowEvent[] = [];
  const waiting = new Set<() => void>();
  const ended = follow({
    registry,
    ref: 'fraud@production',
    to,
    everyMs: 20,
    signal: stopped.signal,
    ...(exec === undefined ? {} : { exec }),
    ...(reportAs === undefined ? {} : { reportAs }),
    onEvent(event) {
      events.push(event);
      for (const look of waiting) look();
    },
  });
  const stop = async () => {
    stopped.abort();
    await ended;
  };
  ends.push(stop);
  return {
    events,
    stop,
    /** Waits for an event. */
    async sees(isWanted: (event: FollowEvent) => boolean): Promise<FollowEvent> {
      return new Promise((done) => {
        const look = () => {
          const found = events.find(isWanted);
          if (!found) return;
          waiting.delete(look);
          done(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

const serves = (number: number) => (event: FollowEvent) => event.kind === 'serving' && event.version.number === number;
const model = (to: string) => readFile(join(to, 'model.bin'), 'utf8');

describe('a follower', () => {
  const once = (registry: FollowOptions['registry'], to: string, more: Partial<FollowOptions> = {}) =>
    follow({
      ...{ registry, ref: 'fraud@production', to, everyMs: 20, isOnce: true },
      signal: new AbortController().signal,
      onEvent: () => undefined,
      ...more,
    });

  it('that looks once fails where the command does, and says what is served', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its shell has another syntax');
    const { own, registry, to } = await team();
    await expect(once(registry, to, { exec: 'exit 4' })).rejects.toMatchObject({
      code: 'SWITCH_FAILED',
      message: expect.stringMatching(/fraud@1 isn't served: its command ended with 4\. Nothing is served/),
    });
    await once(registry, to);
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    await expect(once(registry, to, { exec: '[ "$MODEL_REGISTRY_WENT_BACK" = 1 ]' })).rejects.toMatchObject({
      code: 'SWITCH_FAILED',
      message: expect.stringContaining('What was served before goes on'),
    });
    expect(await model(to)).toBe('one');
  });

  it('leaves a place alone that serves another model, however long it follows', async () => {
    const { own, registry, to, server } = await team();
    const file = join(server.dir, 'spam.bin');
    await writeFile(file, 'spam');
    await own.register({ model: 'spam', paths: [file] });
    await own.promote({ ref: 'spam@1', stage: 'production', reason: 'first' });
    await own.sync();
    await once(registry, to);
    for (const isOnce of [true, false]) {
      await expect(once(registry, to, { ref: 'spam@production', isOnce })).rejects.toMatchObject({
        code: 'TARGET_SERVES_OTHER',
        message: expect.stringMatching(/serves fraud, so spam isn't put there.*remove/),
      });
    }
    expect(await model(to)).toBe('one');
    await rm(to);
    await once(registry, to, { ref: 'spam@production' });
    expect(await readFile(join(to, 'spam.bin'), 'utf8')).toBe('spam');
  });

  it('serves what is in production, and what a rollback brings back, switched in one step', async () => {
    const { own, registry, to, server } = await team();
    const log = join(server.dir, 'switches.txt');
    const following = start(
      registry,
      to,
      `cat "$MODEL_REGISTRY_PATH/model.bin" >> ${log}; echo " $MODEL_REGISTRY_VERSION" >> ${log}`,
    );
    await following.sees(serves(1));
    expect(await model(to)).toBe('one');
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    await following.sees(serves(2));
    expect(await model(to)).toBe('two');
    following.events.length = 0;
    await own.rollback({ model: 'fraud', reason: 'complaints' });
    await following.sees(serves(1));
    expect(await model(to)).toBe('one');
    expect(await readFile(log, 'utf8')).toBe('one 1\ntwo 2\none 1\n');
    // The link, and the folders of the version that serves and of the one before, with their marks.
    expect((await readdir(join(to, '..'))).length).toBe(5);
  });

  it('goes back when the command fails, and tries the next version', async () => {
    const { own, registry, to } = await team();
    const following = start(registry, to, '[ "$MODEL_REGISTRY_WENT_BACK" = 1 ] || [ "$MODEL_REGISTRY_VERSION" != 2 ]');
    await following.sees(serves(1));
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    const back = await following.sees(({ kind }) => kind === 'went back');
    expect(back).toMatchObject({ version: { number: 2 }, why: 'its command ended with 1' });
    expect(await model(to)).toBe('one');
    await own.promote({ ref: 'fraud@3', stage: 'production', reason: 'repaired' });
    await following.sees(serves(3));
    expect(await model(to)).toBe('three');
    expect(following.events.filter(({ kind }) => kind === 'went back')).toHaveLength(1);
  });

  it('goes on with what it has while the storage is away, and catches up', async () => {
    const { storage, own, registry, to } = await team();
    const following = start(registry, to);
    await following.sees(serves(1));
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    storage.isReachable = false;
    await following.sees(({ kind }) => kind === 'unreachable');
    expect(['one', 'two']).toContain(await model(to));
    storage.isReachable = true;
    await following.sees(serves(2));
    expect(await model(to)).toBe('two');
  });

  it('runs the command again that it didn’t see the end of', async () => {
    const { registry, to, server } = await team();
    const first = start(registry, to, 'sleep 30');
    const log = join(server.dir, 'ran.txt');
    while ((await model(to).catch(() => '')) !== 'one') await new Promise((done) => setTimeout(done, 5));
    await first.stop();
    const second = start(registry, to, `echo ran >> ${log}`);
    await second.sees(serves(1));
    expect(await readFile(log, 'utf8')).toBe('ran\n');
  });

  it('says for others what it serves, what it went back from, and that it ends', async () => {
    const { own, registry, to } = await team();
    const exec = '[ "$MODEL_REGISTRY_WENT_BACK" = 1 ] || [ "$MODEL_REGISTRY_VERSION" != 2 ]';
    const following = start(registry, to, exec, 'gpu-1');
    const reported = async (isWanted: (machine: ServingMachine) => boolean) => {
      for (;;) {
        const found = (await own.serving()).find(isWanted);
        if (found) return found;
        // Asking may come back without anything else having had its turn.
        await setImmediate();
      }
    };
    expect(await reported(({ version }) => version?.number === 1)).toMatchObject({
      machine: 'gpu-1',
      ref: 'fraud@production',
      state: 'serving',
      isDrift: false,
    });
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    expect(await reported(({ refused }) => refused !== undefined)).toMatchObject({
      version: { number: 1 },
      wanted: { number: 2 },
      isDrift: true,
      refused: { number: 2, why: 'its command ended with 1' },
    });
    await own.promote({ ref: 'fraud@3', stage: 'production', reason: 'repaired' });
    const last = await reported(({ version }) => version?.number === 3);
    expect(last.refused).toBeUndefined();
    await following.stop();
    expect(await reported(({ state }) => state === 'stopped')).toMatchObject({ version: { number: 3 } });
  });

  it('goes on serving where it may not report, and says so once', async () => {
    const { own, registry, to } = await team();
    const reportServing = async () => {
      throw new RegistryError('REMOTE_FORBIDDEN', 'You may not create anything.');
    };
    const { location, sync, show, pull, refresh } = registry;
    const silent = { location, sync, show, pull, refresh, reportServing };
    const following = start(silent, to, undefined, 'gpu-1');
    await following.sees(({ kind }) => kind === 'unreported');
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    await following.sees(serves(2));
    await own.promote({ ref: 'fraud@3', stage: 'production', reason: 'better still' });
    await following.sees(serves(3));
    expect(following.events.filter(({ kind }) => kind === 'unreported')).toHaveLength(1);
  });

  it('leaves alone what it didn’t make', async () => {
    const { registry, server } = await team();
    const file = join(server.dir, 'precious');
    await writeFile(file, 'mine');
    const signal = new AbortController().signal;
    const options = { registry, ref: 'fraud@production', to: file, everyMs: 20, signal, onEvent() {} };
    await expect(follow(options)).rejects.toMatchObject({ code: 'TARGET_NOT_LINK' });
    expect(await readFile(file, 'utf8')).toBe('mine');
  });
});
