import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withGuard } from '../../src/gates/command-guard.ts';
import { isAlive } from '../../src/storage/process-alive.ts';

const PROGRAM = resolve(import.meta.dirname, 'harness/command-without-end.ts');
const PATIENCE = { timeout: 50_000 };

let place = '';
let temporary = '';
let started: ChildProcess[] = [];
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'model-registry-killed-'));
  temporary = join(place, 'temporary');
  await mkdir(temporary);
  vi.stubEnv('TMPDIR', temporary);
  started = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const child of started) child.kill('SIGKILL');
  await rm(place, { recursive: true, force: true, maxRetries: 5 });
});

/** A program that runs a command of a gate, once that command is at work. */
async function atWork(name: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(place, name);
  const program = spawn(process.execPath, ['--no-warnings', PROGRAM, file], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  started.push(program);
  const text = await vi.waitFor(() => readFile(file, 'utf8'), PATIENCE);
  const command: { readonly pid: number; readonly folder: string } = JSON.parse(text);
  return { program, command };
}

async function killed(program: ChildProcess): Promise<void> {
  const ended = new Promise((done) => program.once('exit', done));
  program.kill('SIGKILL');
  await ended;
}

describe.skipIf(process.platform === 'win32')('the command of a gate', () => {
  it('ends with the program that runs it, also when that is killed, and its files go', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it has no groups of processes, and no shell that waits for their end');
    const { program, command } = await atWork('started.json');
    expect(existsSync(join(command.folder, 'model.bin'))).toBe(true);
    await killed(program);
    await vi.waitFor(() => expect(isAlive(command.pid)).toBe(false), PATIENCE);
    await vi.waitFor(async () => expect(await readdir(temporary)).toEqual([]), PATIENCE);
  });

  it('finds what a program left that was killed, removes it, and nothing of those at work or of others', async () => {
    const working = await atWork('working.json');
    const gone = await atWork('gone.json');
    const left = gone.command.folder;
    // As after a failure of the power, which takes the guard, too.
    await rename(left, `${left}.kept`);
    await killed(gone.program);
    await vi.waitFor(() => expect(isAlive(gone.command.pid)).toBe(false), PATIENCE);
    await rename(`${left}.kept`, left);
    // The number of a process that lives, given to it after another one had left this.
    const reused = basename(left).replace(/-[1-9]\d*-(\d+)-/, `-${process.pid}-$1-`);
    await mkdir(join(temporary, reused));
    const others = [basename(left).replace(/.{6}$/, 'aalink'), 'model-registry-gate-1', 'model-registry-gate-other'];
    const elsewhere = join(place, 'elsewhere');
    await mkdir(elsewhere);
    const [link = '', ...folders] = others;
    await symlink(elsewhere, join(temporary, link));
    for (const name of folders) await mkdir(join(temporary, name));
    const own = await withGuard('gate', async (_guard, folder) => {
      expect((await readdir(temporary)).sort()).toEqual(
        [...others, basename(working.command.folder), basename(folder)].sort(),
      );
      return folder;
    });
    expect(existsSync(own)).toBe(false);
    expect(existsSync(join(working.command.folder, 'model.bin'))).toBe(true);
    expect(existsSync(elsewhere)).toBe(true);
  });
});
