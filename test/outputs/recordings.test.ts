import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceRecording, recordingsIn } from '../../src/outputs/recordings.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'model-registry-recordings-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a run that a process records', () => {
  it('is seen while it goes on, and leaves nothing where it succeeds', async () => {
    const end = await announceRecording(root, root);
    const [seen, ...others] = recordingsIn(root, root);
    expect(seen).toMatchObject({ startedAtMs: expect.any(Number) });
    expect(seen?.endedAtMs).toBeUndefined();
    expect(others).toEqual([]);
    await end(0);
    expect(recordingsIn(root, root)).toEqual([]);
    expect(await readdir(join(root, 'recordings'))).toEqual([]);
  });

  it('is told of with its exit code where it failed, and forgotten after a day', async () => {
    const end = await announceRecording(root, root);
    await end(3);
    expect(recordingsIn(root, root)).toMatchObject([{ endedAtMs: expect.any(Number), exitCode: 3 }]);
    const [name = ''] = await readdir(join(root, 'recordings'));
    const file = join(root, 'recordings', name);
    const failed = { atMs: Date.now() - 25 * 3600_000, exitCode: 3 };
    await writeFile(
      file,
      JSON.stringify({ pid: process.pid, host: hostname(), root: await realpath(root), startedAtMs: 0, failed }),
    );
    recordingsIn(root, root);
    expect(recordingsIn(root, root)).toEqual([]);
  });

  it('counts for nothing where the file is damaged, or of another folder', async () => {
    await announceRecording(root, root);
    await writeFile(join(root, 'recordings', 'x.json'), '{"pid":');
    expect(recordingsIn(root, root)).toHaveLength(1);
    expect(recordingsIn(root, tmpdir())).toEqual([]);
  });
});
