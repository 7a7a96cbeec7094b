import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, plainFolder, REGISTER, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;

/** One registry for all: what is refused changes nothing, which each test checks. */
beforeAll(async () => {
  [cli, work] = await Promise.all([buildCommandLine(), gitProject()]);
  for (const args of [['init'], REGISTER, ['promote', 'fraud-detector@1', 'production', '--reason', 'First model']]) {
    expect(await cli.run(args, { cwd: work.dir })).toMatchObject({ code: 0 });
  }
});
afterAll(async () => {
  await Promise.all([cli.dispose(), work.dispose()]);
});

const commits = async () => (await readdir(join(work.dir, '.git/model-registry/log'))).sort();

/** Runs what must fail; standard output stays empty and the log as it was. */
async function refused(args: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const before = await commits();
  const { code, stdout, stderr } = await cli.run(args, { cwd: work.dir });
  expect(stdout).toBe('');
  expect(await commits()).toEqual(before);
  return { code, stderr };
}

describe('wrong usage ends with 2 and says what to write', () => {
  const long = 'x'.repeat(300);
  it.each<[string, readonly string[], RegExp]>([
    ['a missing reason', ['promote', 'fraud-detector@1', 'staging'], /The reason is missing\..*--reason "…"/],
    ['an empty reason', ['rollback', 'fraud-detector', '--reason', ''], /It is empty: say in a few words why/],
    ['a blank reason', ['archive', 'fraud-detector@1', '--reason', ' \t '], /It is empty: say in a few words why/],
    ['an unknown command', ['promot', 'fraud-detector@1'], /Unknown command 'promot'\. Did you mean promote\?/],
    ['a command of a later version', ['serve'], /Unknown command 'serve'/],
    ['an unknown option', ['list', '--stages', 'x'], /Unknown option '--stages'\. Did you mean --stage\?/],
    ['an option without its value', ['pull', 'fraud-detector'], /The option --to is missing/],
    ['too few arguments', ['show'], /Missing required argument 'ref'.*Usage: model-registry show/],
    ['too many arguments', ['show', 'a', 'b'], /Too many arguments/],
    ['half a command', ['alias'], /It isn't said what to do with alias: set or rm/],
    ['a number that is none', ['rollback', 'fraud-detector', '--to', 'x', '--reason', 'x'], /whole number from 1 up/],
    [
      'a model name with spaces',
      ['register', 'fraud detector', 'models'],
      /MODEL_NAME_INVALID: .*for example fraud-detector/,
    ],
    ['a model name with slashes', ['create', '../../etc/passwd'], /MODEL_NAME_INVALID: .*Use 1 to 128 letters/],
    ['a model name of 300 characters', ['create', long], /MODEL_NAME_INVALID: .*has 300 characters, more than 128/],
    ['a tag without a value', ['tag', 'fraud-detector@1', 'team='], /ARGUMENT_INVALID: .*--remove team/],
    [
      'a number that is larger than any',
      ['evaluate', 'fraud-detector@1', '--metrics', 'late=1e400', '--dataset', 'x'],
      /METRIC_INVALID: The metric late is 1e400, which is larger than any number/,
    ],
    ['a reference without a version', ['show', 'fraud-detector@'], /REFERENCE_INVALID/],
    [
      'an alias that looks like a number',
      ['alias', 'set', 'fraud-detector', '7', '1'],
      /ALIAS_INVALID.*For example champion/,
    ],
    ['a tag without =', ['tag', 'fraud-detector@1', 'risk'], /"risk" isn't key=value/],
    ['no tag at all', ['tag', 'fraud-detector@1'], /No tag was named/],
    ['a metric that is no number', ['register', 'm', 'models', '--metrics', 'auc=good'], /METRIC_INVALID/],
    ['a time that is none', ['at', 'yesterday'], /TIME_INVALID.*like 2026-05-03/],
    ['one version to compare', ['compare', 'fraud-detector'], /Two to eight versions/],
    [
      'a model where a version is to be deleted',
      ['delete', 'fraud-detector', '--reason', 'x'],
      /fraud-detector@7, or --model/,
    ],
    [
      'options that the project file answers',
      ['register', 'fraud-detector', '--metrics', 'a=1'],
      /--metrics can't be used without files/,
    ],
  ])('%s', async (_name, args, message) => {
    const { code, stderr } = await refused(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [A-Z_]+: .+\n$/);
    expect(code).toBe(2);
  });
});

describe('a refusal ends with 1 and says what to do', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['a path that does not exist', ['register', 'm', 'nowhere'], /PATH_NOT_FOUND: .*nowhere doesn't exist/],
    [
      'a metrics file that does not exist',
      ['register', 'm', 'models', '--metrics', 'no.json'],
      /PATH_NOT_FOUND: .*no\.json/,
    ],
    [
      'a note that is too long',
      ['note', 'fraud-detector@1', 'x'.repeat(17_000)],
      /TEXT_TOO_LONG: The note has 17,000 characters, and the log keeps 16,384 at most/,
    ],
    ['data by a part of its place', ['impact', 'train.csv'], /IMPACT_UNKNOWN: .*Did you mean data\/train\.csv\?/],
    ['data that does not exist', ['register', 'm', 'models', '--data', 'no.csv'], /PATH_NOT_FOUND: .*no\.csv/],
    ['no declared outputs', ['register', 'fraud-detector'], /PROJECT_FILE_MISSING: .*or name the files/],
    ['nothing to watch', ['watch'], /PROJECT_FILE_MISSING/],
    ['an unknown model', ['show', 'frod-detector'], /MODEL_NOT_FOUND: .*Models here: fraud-detector/],
    ['an unknown version', ['show', 'fraud-detector@9'], /VERSION_NOT_FOUND: .*Its newest is 1/],
    [
      'an unknown stage',
      ['promote', 'fraud-detector@1', 'prod', '--reason', 'x'],
      /STAGE_UNKNOWN: There is no stage "prod": did you mean "production"\? .*candidate, staging, production, archived/,
    ],
    [
      'a stage that it is in already',
      ['promote', 'fraud-detector@1', 'production', '--reason', 'x'],
      /STAGE_UNCHANGED/,
    ],
    [
      'nothing to roll back to',
      ['rollback', 'fraud-detector', '--reason', 'x'],
      /NOTHING_TO_ROLL_BACK: .*Promote a version instead/,
    ],
    ['an alias that is not there', ['alias', 'rm', 'fraud-detector', 'champion'], /ALIAS_NOT_FOUND/],
    ['a name that is taken', ['create', 'fraud-detector'], /NAME_TAKEN: .*Choose another name/],
    ['deleting what is in production', ['delete', 'fraud-detector@1', '--reason', 'x'], /STAGE_HELD/],
    [
      'restoring over other files',
      ['pull', 'fraud-detector', '--to', 'models'],
      /TARGET_NOT_EMPTY: .*Choose a new or empty folder/,
    ],
    [
      'a folder that is not there',
      ['-C', 'nowhere', 'list'],
      /PATH_NOT_FOUND: There is no folder .*Check what you gave with -C/,
    ],
    ['a file for a folder', ['-C', 'params.yaml', 'list'], /PATH_NOT_FOUND: There is no folder/],
    ['a registry that is not there', ['--registry', 'nowhere', 'list'], /REGISTRY_NOT_FOUND: .*correct --registry/],
    [
      'an expectation that does not hold',
      ['promote', 'fraud-detector@1', 'staging', '--expect', 'fraud-detector@8', '--reason', 'x'],
      /VERSION_NOT_FOUND/,
    ],
  ])('%s', async (_name, args, message) => {
    const { code, stderr } = await refused(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [A-Z_]+: .+\n$/);
    expect(code).toBe(1);
  });

  it('a folder with nothing in it', async () => {
    await mkdir(join(work.dir, 'empty/inside'), { recursive: true });
    const { code, stderr } = await refused(['register', 'm', 'empty']);
    expect(stderr).toMatch(/ARTIFACT_EMPTY: .*holds no file/);
    expect(code).toBe(1);
  });

  it('links that go in circles', async () => {
    await work.write('looped/weights.bin', 'x');
    await symlink('..', join(work.dir, 'looped/again'));
    await symlink('self', join(work.dir, 'looped/self'));
    const { code, stderr } = await refused(['register', 'm', 'looped']);
    expect(stderr).toMatch(/^error: (ARTIFACT_LINK|PATH_)\w+: .*looped.*\n$/);
    expect(code).toBe(1);
    await rm(join(work.dir, 'looped/self'));
    await rm(join(work.dir, 'looped/again'));
    await symlink('.', join(work.dir, 'looped/again'));
    expect((await refused(['register', 'm', 'looped'])).stderr).toMatch(/ARTIFACT_LINK_LOOP: .*Remove the link/);
  });

  it('with --json as one JSON value on standard error', async () => {
    const { code, stderr } = await refused(['--json', 'rollback', 'fraud-detector', '--reason', 'x']);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'NOTHING_TO_ROLL_BACK',
        message: expect.stringContaining('Promote a version instead'),
        details: {},
      },
    });
    expect(code).toBe(1);
    expect(JSON.parse((await refused(['rollback', '--json'])).stderr)).toMatchObject({ error: { code: 'USAGE' } });
  });
});

it.skipIf(process.platform !== 'linux')('output that can’t be written, or a folder that is gone, is said', async () => {
  const sh = (script: string) =>
    promisify(execFile)('sh', ['-c', script, 'sh', process.execPath, cli.file], {
      cwd: work.dir,
      env: { ...process.env, MODEL_REGISTRY_STATE_DIR: cli.stateDir },
    }).then(
      () => ({ code: 0, stderr: '' }),
      (error: unknown) => v.parse(v.object({ code: v.number(), stderr: v.string() }), error),
    );
  expect(await sh('"$1" "$2" list --json >/dev/full')).toEqual({
    code: 1,
    stderr: expect.stringContaining('"code":"OUTPUT_LOST"'),
  });
  expect(await sh('mkdir gone && cd gone && rmdir ../gone && "$1" "$2" list')).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: PATH_NOT_FOUND: The folder that the command was started in is gone/),
  });
});

describe('a folder without a registry', () => {
  it('is told how to make one, by every command that needs one', async () => {
    const plain = await plainFolder();
    await plain.write('weights.bin', 'x');
    try {
      for (const args of [['list'], ['register', 'm', 'weights.bin'], ['where'], ['verify'], ['log']]) {
        const { code, stdout, stderr } = await cli.run(args, { cwd: plain.dir });
        expect({ code, stdout }, args[0]).toEqual({ code: 1, stdout: '' });
        expect(stderr).toBe(
          `error: REGISTRY_NOT_FOUND: There is no registry for ${plain.dir}. Make one with \`model-registry init\` (it would be in ${plain.dir}/.model-registry), or name another with --registry.\n`,
        );
      }
      expect(await readdir(plain.dir)).toEqual(['weights.bin']);
      expect(await cli.json(['where'], { cwd: plain.dir })).toMatchObject({ exists: false });
    } finally {
      await plain.dispose();
    }
  });

  it('may name one elsewhere', async () => {
    const elsewhere = await mkdtemp(join(work.dir, 'elsewhere-'));
    const dir = join(elsewhere, 'registry');
    expect(await cli.json(['--registry', dir, 'init'], { cwd: elsewhere })).toMatchObject({ dir, isNew: true });
    expect(await cli.json(['--registry', dir, 'init'], { cwd: elsewhere })).toMatchObject({ dir, isNew: false });
    expect(await cli.json(['--registry', dir, 'list'], { cwd: '/' })).toEqual([]);
  });
});
