import { chmod, chown, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withoutPrivileges as uid } from '../nobody.ts';
import { onWindows } from '../on-windows.ts';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const READING = [
  ['where'],
  ['list', 'fraud'],
  ['show', 'fraud@1'],
  ['show', 'fraud@2', '--load'],
  ['log'],
  ['at', 'now'],
  ['compare', 'fraud@1', 'fraud@2'],
  ['lineage', 'fraud@1'],
  ['search', 'auc>0.5'],
  ['card', 'fraud@1'],
  ['gates', 'fraud@2', 'production'],
  ['verify', '--artifacts'],
  ['inspect', 'model.bin'],
  ['pull', 'fraud@1', '--to', 'elsewhere/pulled'],
];
const CHANGING = [
  ['register', 'fraud', 'model.bin'],
  ['promote', 'fraud@2', 'production', '--reason', 'Better'],
  ['note', 'fraud@1', 'Seen'],
  ['rebuild'],
  ['run', '--', 'touch', 'elsewhere/ran'],
];

describe.skipIf(onWindows('its file system has no such permissions'))('in a folder that can only be read', () => {
  let cli: CommandLine;
  let work: Workspace;

  beforeAll(async () => {
    cli = await buildCommandLine();
    work = await plainFolder();
    const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
    expect(await run('init')).toMatchObject({ code: 0 });
    for (const [weights, auc] of Object.entries({ first: 0.8, second: 0.9 })) {
      await work.write('model.bin', weights);
      expect(await run('register', 'fraud', 'model.bin', '--metrics', `auc=${auc}`)).toMatchObject({ code: 0 });
    }
    await run('promote', 'fraud@1', 'production', '--reason', 'First');
    await work.write('model-registry.yaml', 'models: {fraud: {outputs: [model.bin]}}\n');
    await mkdir(join(work.dir, 'elsewhere'));
    for (const path of await everything()) {
      await chmod(path, path.endsWith('elsewhere') || !(await isFolder(path)) ? 0o755 : 0o555);
      if (uid !== undefined) await chown(path, uid, uid);
    }
  });
  afterAll(async () => {
    for (const path of await everything()) await chmod(path, 0o755);
    await work.dispose();
    await cli.dispose();
  });

  const isFolder = (path: string) =>
    readdir(path).then(
      () => true,
      () => false,
    );
  async function everything(): Promise<readonly string[]> {
    const entries = await readdir(work.dir, { recursive: true, withFileTypes: true });
    return [work.dir, ...entries.map(({ parentPath, name }) => join(parentPath, name))];
  }
  const run = (args: readonly string[]) => {
    const state = join(work.dir, 'elsewhere/state');
    return cli.run(args, { cwd: work.dir, uid, env: { HOME: state, MODEL_REGISTRY_STATE_DIR: state } });
  };
  const registryFiles = async () => (await everything()).filter((path) => !path.includes('elsewhere')).sort();

  it('every question is answered, and every change refused with the reason', async () => {
    const before = await registryFiles();
    const answers = await Promise.all(READING.map(async (args) => ({ args, ended: await run(args) })));
    for (const { args, ended } of answers) expect(ended, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
    for (const args of CHANGING) {
      const { code, stderr } = await run(args);
      expect(stderr, args.join(' ')).toMatch(
        /^error: STORAGE_READONLY: (?!.*\.tmp-).* can't be written: E\w+\. Check the permissions/,
      );
      expect(code).toBe(1);
    }
    expect(await registryFiles()).toEqual(before);
    expect(await readdir(join(work.dir, 'elsewhere'))).not.toContain('ran');
  });

  it('what can not even be looked at is named, and keeps nothing else from being told', async () => {
    const staging = join(work.dir, '.model-registry/staging');
    await chmod(staging, 0);
    const planned = await run(['gc', '--dry-run']);
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await run(['disk']);
    expect(stderr).toContain(`${staging} can't be read. Check its permissions.`);
    expect(code).toBe(1);
    await chmod(staging, 0o555);
  });
});
