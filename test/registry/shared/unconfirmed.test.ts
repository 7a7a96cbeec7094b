import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRegistry } from '../../../src/registry/open.ts';
import { ANN } from '../opened.ts';
import { machine, registerFraud, sharedStorage, URL } from './machines.ts';

describe('a folder that says it is shared', () => {
  it('is nothing to its storage until this person connects the two, and can be read meanwhile', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    await ann.attach();
    const a = await ann.open();
    await registerFraud(ann, a, 'one');
    await a.close();
    // It comes along with a repository or an archive: all of it, and nothing of what its author's machine remembers.
    const victim = await machine(storage, { author: { name: 'Vic', email: '' } });
    await rm(victim.registryDir, { recursive: true });
    await cp(ann.registryDir, victim.registryDir, { recursive: true });
    const before = storage.stats().requests;
    const v = await victim.open();
    expect(await v.show({ ref: 'fraud@1' })).toMatchObject({ number: 1 });
    await expect(v.sync()).rejects.toMatchObject({ code: 'REMOTE_UNCONFIRMED', message: expect.stringContaining(URL) });
    expect(await v.promote({ ref: 'fraud@1', stage: 'staging', reason: 'try' })).toMatchObject({ pending: true });
    await v.pull({ ref: 'fraud@1', to: join(victim.dir, 'out') });
    await v.verify({ artifacts: true });
    await v.refresh();
    expect(await v.remote()).toMatchObject({ pending: 1, failure: { code: 'REMOTE_UNCONFIRMED' } });
    expect(storage.stats().requests).toBe(before);
    await v.close();

    await victim.attach();
    const trusted = await victim.open();
    expect(await trusted.sync()).toMatchObject({ sent: 1 });
  });

  it('is asked of whom its reader named, and of nobody else', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    await ann.attach();
    const open = (confirmedUrl: string) =>
      openRegistry({
        dir: ann.registryDir,
        author: ANN,
        via: 'cli',
        stateDir: join(ann.dir, 'another state'),
        connect: storage.connect,
        confirmedUrl,
      });
    const named = await open(URL);
    await named.sync();
    await named.close();
    const other = await open(`${URL}-other`);
    await expect(other.sync()).rejects.toMatchObject({ code: 'REMOTE_UNCONFIRMED' });
    await other.close();
  });
});
