import { createHash } from 'node:crypto';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initRegistry } from '../../src/registry/open.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { checkCatalog, checkPulled, checkRegistry, checkSweeping, Ledger, openIn, placesIn } from './check.ts';
import { readLogOnDisk } from './log-on-disk.ts';
import { writeWeights } from './weights.ts';

/** A registry with a version, a note and a promotion, and the ledger of who made them. */
async function sound() {
  const places = placesIn(await tempFolder());
  await initRegistry({ dir: places.registryDir });
  const registry = await openIn(places);
  const ledger = new Ledger();
  for (const token of ['w1-0', 'w1-1']) {
    await writeWeights(join(places.root, token), token);
    await registry.register({ model: 'fraud', paths: [join(places.root, token)], params: { turn: token } });
    for (const type of ['began', 'done'] as const) ledger.hear({ type, token, kind: 'register' });
  }
  const { seq } = await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'w1-2' });
  for (const type of ['began', 'done'] as const) ledger.hear({ type, token: 'w1-2', kind: 'promote', seq });
  await registry.close();
  return { places, ledger, lastCommit: join(places.registryDir, commitKey(seq)) };
}

describe('the check of a registry after a kill', () => {
  it('finds nothing where all is well', async () => {
    const { places, ledger } = await sound();
    await checkRegistry(places, ledger, true);
    await checkCatalog(places);
    expect(await checkSweeping(places, ledger, [])).toBe(0);
  });

  it('misses what was acknowledged and is not there', async () => {
    const { places, ledger, lastCommit } = await sound();
    await rm(lastCommit);
    await expect(checkRegistry(places, ledger, false)).rejects.toThrow('promote w1-2 was acknowledged');
  });

  it('sees what was refused, repeated or begun by nobody, and is there', async () => {
    const { places, ledger } = await sound();
    const registry = await openIn(places);
    await registry.note({ ref: 'fraud@1', text: 'w1-3' });
    await expect(checkRegistry(places, ledger, true)).rejects.toThrow('nobody began w1-3');
    ledger.hear({ type: 'refused', token: 'w1-3', kind: 'note', code: 'CONFLICT', message: '' });
    await expect(checkRegistry(places, ledger, true)).rejects.toThrow('w1-3 was refused');
    ledger.refused.clear();
    await registry.note({ ref: 'fraud@1', text: 'w1-3' });
    await expect(checkRegistry(places, ledger, true)).rejects.toThrow('w1-3 stands in commits [4,5]');
    await registry.close();
  });

  it('sees a changed commit, and two versions in production', async () => {
    const damaged = await sound();
    await appendFile(damaged.lastCommit, ' ');
    await expect(checkRegistry(damaged.places, damaged.ledger, true)).rejects.toThrow('COMMIT_DAMAGED');

    const { places, lastCommit } = await sound();
    const { seq, at } = JSON.parse((await readFile(lastCommit, 'utf8')).split('\n')[0] ?? '');
    const prev = createHash('sha256')
      .update(await readFile(lastCommit))
      .digest('hex');
    const second = JSON.parse(
      (await readFile(join(places.registryDir, commitKey(seq - 1)), 'utf8')).split('\n')[1] ?? '',
    );
    const { version } = second.events.find((event: { type: string }) => event.type === 'version.registered');
    const event = { type: 'stage.changed', version, from: 'candidate', to: 'production', displaces: [] };
    const intent = {
      ...second,
      id: second.id.replace(/.$/, (last: string) => (last === '0' ? '1' : '0')),
      events: [event],
    };
    await writeFile(
      join(places.registryDir, commitKey(seq + 1)),
      `${JSON.stringify({ v: 1, seq: seq + 1, prev, at })}\n${JSON.stringify(intent)}\n`,
    );
    await expect(readLogOnDisk(places.registryDir)).rejects.toThrow('both in production');
  });

  it('sees a folder that is half replaced, and one that is gone', async () => {
    const { places } = await sound();
    await writeWeights(join(places.pullsDir, 'line'), 'w1-0');
    expect(await checkPulled(places.pullsDir, 'line', 'w1-0')).toBe('w1-0');
    await writeFile(join(places.pullsDir, 'line/c.txt'), 'w1-1 c.txt\n');
    await expect(checkPulled(places.pullsDir, 'line')).rejects.toThrow('c.txt in');
    await rm(join(places.pullsDir, 'line/c.txt'));
    await expect(checkPulled(places.pullsDir, 'line')).rejects.toThrow('half written');
    await rm(join(places.pullsDir, 'line'), { recursive: true });
    await expect(checkPulled(places.pullsDir, 'line', 'w1-0')).rejects.toThrow('neither in line nor whole beside it');
    await writeWeights(join(places.pullsDir, '.model-registry-pull-x-old'), 'w1-0');
    expect(await checkPulled(places.pullsDir, 'line', 'w1-0')).toBeUndefined();
  });

  it('sees a file that nobody will ever remove', async () => {
    const { places, ledger } = await sound();
    await writeFile(join(places.registryDir, 'log/.tmp-1'), 'x');
    await expect(checkSweeping(places, ledger, [])).rejects.toThrow('nobody removes');
  });
});
