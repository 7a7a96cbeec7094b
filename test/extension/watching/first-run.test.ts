import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runsOf } from '../../../src/workers/runs.ts';

vi.mock('vscode', () => {
  const nothing = () => ({ dispose: () => undefined });
  return {
    workspace: {
      isTrusted: true,
      getConfiguration: () => ({ get: () => undefined }),
      onDidGrantWorkspaceTrust: nothing,
      onDidChangeWorkspaceFolders: nothing,
      onDidChangeConfiguration: nothing,
    },
  };
});

const { OutputsWatch } = await import('../../../src/extension/watching/outputs-watch.ts');

let dir = '';
let shell: ChildProcessWithoutNullStreams;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'model-registry-first-run-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const packages = join(dir, 'env/lib/python3.12/site-packages/demo-1.2.3.dist-info');
  await mkdir(packages, { recursive: true });
  await writeFile(join(packages, 'METADATA'), 'Metadata-Version: 2.1\nName: demo\nVersion: 1.2.3\n');
  await writeFile(join(dir, 'env/pyvenv.cfg'), 'version = 3.12.1\n');
  await mkdir(join(dir, 'env/bin'));
  await writeFile(join(dir, 'env/bin/python3'), '#!/bin/sh\necho on\nread line\n', { mode: 0o755 });
  await mkdir(join(dir, 'project'));
  shell = spawn('bash', ['--norc'], { env: { PATH: process.env.PATH ?? '' } });
  onTestFinished(async () => {
    shell.stdin.end();
    if (shell.exitCode === null) await once(shell, 'close');
  });
});

/** Types a line, and waits until what it runs says that it is there. */
async function type(line: string): Promise<void> {
  shell.stdin.write(`${line}\n`);
  await once(shell.stdout, 'data');
}

function heldBack() {
  let starts = () => {};
  const ready = new Promise<void>((resolve) => {
    starts = resolve;
  });
  return { ready, starts };
}

/** A window on the project, and its registry's thread, with what happens until that hears of the command. */
function windowOn(isStarting: () => Promise<unknown>) {
  const root = join(dir, 'project');
  const runs = runsOf(join(dir, 'registry'));
  const connection = {
    commandStarted: async (command: unknown) => {
      await isStarting();
      runs.started(command);
    },
    programSeen: async (program: unknown) => runs.programSeen(program),
    commandEnded: (command: unknown) => runs.ended(command),
  };
  const options = {
    registries: { byRoot: async () => ({ connection }), onThreadEvent: () => ({ dispose: () => undefined }) },
    projectFiles: { onDidChange: () => ({ dispose: () => undefined }) },
    log: { info: () => undefined },
  };
  const watch = new OutputsWatch(options as never);
  onTestFinished(() => watch.dispose());
  const command = {
    ...{ id: 'train', roots: [{ uri: { fsPath: root }, name: 'project', index: 0 }], atMs: Date.now() },
    ...{ line: 'python3 train.py', seenAs: 'terminal', cwd: root, shell: Promise.resolve(shell.pid) },
  };
  return {
    begins: () => watch.commandBegan(command as never),
    ends: () => watch.commandEnded({ command, atMs: Date.now(), exitCode: 0 } as never),
    /** What the version of what it wrote has. */
    async recorded() {
      const writer = runs.in(root).writerOf(Date.now(), { files: [join(root, 'm.bin')], declared: ['m.bin'] });
      const surroundings = await writer?.command.start?.surroundings();
      const environment = await surroundings?.environment();
      const { missing = [] } = (await surroundings?.circumstances?.({ environment })) ?? {};
      return { writer, environment, why: missing.find(({ what }) => what === 'dependencies')?.why };
    },
  };
}

describe.runIf(process.platform === 'linux')('a training in a terminal that is over in a moment', () => {
  it('has the packages of what was activated there, also where the registry’s thread was only starting', async () => {
    await type(`export VIRTUAL_ENV=${dir}/env PATH=${dir}/env/bin:$PATH; echo`);
    await type('python3 train.py');
    const window = windowOn(() => type('end it\necho over'));
    await window.begins();
    await window.ends();
    const { environment, why } = await window.recorded();
    expect(why).toBeUndefined();
    expect(environment).toMatchObject({
      foundBy: 'command',
      python: '3.12.1',
      packages: [{ name: 'demo', version: '1.2.3' }],
    });
  });

  it('has none, and says why, where it had ended before anybody saw it, whatever runs there next', async () => {
    const thread = heldBack();
    const window = windowOn(() => thread.ready);
    const told = window.begins();
    const over = window.ends();
    await type(`export VIRTUAL_ENV=${dir}/env PATH=${dir}/env/bin:$PATH; echo`);
    await type('python3 other.py');
    thread.starts();
    await Promise.all([told, over]);
    const { environment, why } = await window.recorded();
    expect(environment).toBeUndefined();
    expect(why).toBe(
      'no Python environment was found: the program had ended before its own could be seen, and the folder has none',
    );
    shell.stdin.write('end it\n');
  });

  it('is known to have ended, also where that was told while its beginning was on its way', async () => {
    const thread = heldBack();
    const window = windowOn(() => thread.ready);
    const told = window.begins();
    const over = window.ends();
    thread.starts();
    await Promise.all([told, over]);
    expect((await window.recorded()).writer?.command).toMatchObject({ exitCode: 0 });
  });
});
