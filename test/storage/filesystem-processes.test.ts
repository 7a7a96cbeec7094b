import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { text } from './object-store-suite.ts';
import { tempFolder } from './temp-folder.ts';

const keysSchema = v.array(v.string());

describe('filesystem, used by several processes', () => {
  it('lets one of them create each key', async () => {
    const root = await tempFolder();
    const names = ['a', 'b', 'c', 'd'];
    const count = 60;
    const runs = names.map((name) => start('put-many.ts', root, name, String(count)));
    const lines = runs.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
    for (const line of lines) expect((await line.next()).value).toBe('ready');
    for (const { stdin } of runs) stdin.write('go\n');
    const created = await Promise.all(
      lines.map(async (line) => v.parse(keysSchema, JSON.parse(String((await line.next()).value)))),
    );
    const all = Array.from({ length: count }, (_, index) => `log/${index}`);
    expect(created.flat().sort()).toEqual(all.sort());
    const store = filesystemStore(root);
    expect(await store.list('log/')).toEqual(all.sort());
    for (const [index, keys] of created.entries()) {
      for (const key of keys) expect(text(await store.get(key))).toBe(names[index]?.repeat(20_000));
    }
  });

  it('keeps what was acknowledged to a process that is killed, and no torn object', async () => {
    for (let round = 0; round < 3; round += 1) {
      const root = await tempFolder();
      const run = start('put-for-ever.ts', root);
      const acknowledged: string[] = [];
      for await (const key of createInterface(run.stdout)) {
        acknowledged.push(key);
        if (acknowledged.length === 20 + round * 7) run.kill('SIGKILL');
      }
      const store = filesystemStore(root);
      const keys = await store.list('log/');
      expect(keys).toEqual(expect.arrayContaining(acknowledged));
      for (const key of keys) {
        const content = await store.get(key);
        expect(content?.length).toBe(200_000);
        expect(content?.every((byte) => byte === Number(key.slice(4)) % 256)).toBe(true);
      }
    }
  });
});

function start(script: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args]);
  child.stderr.resume();
  void once(child, 'exit');
  return child;
}
