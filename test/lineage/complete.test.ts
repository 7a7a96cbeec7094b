import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyExample } from '../../examples/copy-example.mjs';
import { providersFor } from '../../src/cli/capture.ts';
import { lineageJson } from '../../src/cli/format/json.ts';
import { surroundingsAtStart } from '../../src/lineage/surroundings.ts';
import { outputStates, registerAfterRun } from '../../src/outputs/after-run.ts';
import { readProject } from '../../src/project/project-file.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { temporaryFolder, write } from './folder.ts';

const run = promisify(execFile);
const PROJECT = `models:
  fraud:
    outputs: [out/**]
    data: [data/train.csv]
`;

interface Training {
  /** The folder of the project file. */
  readonly root: string;
  readonly command?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Writes the outputs. */
  readonly train?: () => Promise<unknown>;
}

/** What `lineage REF --json` says of each version that a run left, by model, as `run` registers them. */
async function lineagesOf({ root, command = ['make'], env = {}, train }: Training) {
  const project = await readProject(root);
  if (!project) throw new Error('no project file');
  const folder = await temporaryFolder();
  const { dir } = await initRegistry({ dir: join(folder, 'registry') });
  const author = { name: 'Ann', email: 'ann@example.org' };
  const registry = await openRegistry({ dir, author, via: 'cli', stateDir: join(folder, 'state') });
  onTestFinished(() => registry.close());
  const python = { env: { PATH: process.env.PATH, HOME: folder, PYTHONNOUSERSITE: '1', ...env } };
  const started = { command, cwd: root, python };
  const surroundings = await surroundingsAtStart(root, started);
  const before = await outputStates(root, project);
  await (train ?? (() => write(root, 'out/model.bin', 'weights')))();
  const results = await registerAfterRun({
    ...{ root, project, registry, before, operation: {}, models: Object.keys(project.models) },
    providers: providersFor(root, surroundings),
    run: { id: 'run-1', command: command.join(' '), exitCode: 0 },
    onProblem: (problem) => {
      throw problem;
    },
    onFailed: (failure) => {
      throw failure;
    },
  });
  const shown = await Promise.all(results.map(({ version }) => registry.show({ ref: version.id })));
  return Object.fromEntries(shown.map(({ model, lineage }) => [model, lineageJson(lineage)]));
}

/** A git repository with the project, its data, and a remote that has the commit. */
async function repository(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await temporaryFolder();
  await write(root, 'model-registry.yaml', PROJECT);
  await write(root, 'data/train.csv', 'a,b\n1,2\n');
  await write(root, '.gitignore', 'out/\n.venv/\n/envs/\n');
  for (const [path, text] of Object.entries(files)) await write(root, path, text);
  const git = (...args: readonly string[]) => run('git', args, { cwd: root });
  await git('init', '-q', '-b', 'main');
  await git('add', '.');
  await git('-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', 'commit', '-qm', 'First');
  await git('remote', 'add', 'origin', 'https://example.org/fraud.git');
  await git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  return root;
}

async function venv(
  root: string,
  place: string,
  packages: readonly string[],
  config = 'version = 3.12.4',
): Promise<void> {
  await write(root, `${place}/pyvenv.cfg`, `home = /usr/bin\n${config}\n`);
  for (const name of packages)
    await write(
      root,
      `${place}/lib/python3.12/site-packages/${name}-1.dist-info/METADATA`,
      `Name: ${name}\nVersion: 1\n`,
    );
}

const known = expect.anything();
const code = { commit: expect.stringMatching(/^[0-9a-f]{40}$/), isDirty: false, capturedAt: 'start', isPushed: true };
const machine = { os: known, architecture: known, cpuCount: known, memoryBytes: known, gpus: expect.any(Array) };
const lock = (path: string) => ({ path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
const named = (...names: readonly string[]) => names.map((name) => ({ name, version: '1' }));

describe('the lineage of a version is complete', () => {
  it('on a pip layout, and nothing is missing', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: environments have another layout there');
    const root = await repository({ 'requirements.txt': 'numpy\n', 'requirements-dev.txt': 'pytest\n' });
    await venv(root, '.venv', ['numpy', 'pip']);
    const { fraud } = await lineagesOf({ root, command: ['.venv/bin/python', 'train.py'] });
    expect(fraud).toMatchObject({
      code: { ...code, branch: 'main', remote: 'https://example.org/fraud.git' },
      data: [{ path: 'data/train.csv', sha256: known, sizeBytes: 8, rows: 1 }],
      run: { id: 'run-1', exitCode: 0 },
      dependencies: named('numpy', 'pip'),
      environment: { digest: known, python: '3.12.4', foundBy: 'project' },
      locks: [lock('requirements-dev.txt'), lock('requirements.txt')],
      machine,
      missing: [],
    });
    expect(Object.keys(fraud ?? {}).sort()).toEqual([
      'baseModel',
      'code',
      'data',
      'dependencies',
      'environment',
      'evaluations',
      'locks',
      'machine',
      'missing',
      'run',
    ]);
  });

  it('on a uv layout, with the commit of the project that is installed for editing', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: environments have another layout there');
    const root = await repository({ 'uv.lock': 'version = 1\n', 'pyproject.toml': '[project]\nname = "mine"\n' });
    await venv(root, '.venv', ['mine', 'numpy'], 'uv = 0.9.1\nversion_info = 3.12.9');
    const direct = JSON.stringify({ url: `file://${root}`, dir_info: { editable: true } });
    await write(root, '.venv/lib/python3.12/site-packages/mine-1.dist-info/direct_url.json', direct);
    const { fraud } = await lineagesOf({ root, command: ['uv', 'run', 'train.py'] });
    expect(fraud).toMatchObject({
      environment: { python: '3.12.9', foundBy: 'command' },
      dependencies: [
        { name: 'mine', version: '1', source: { isEditable: true, commit: fraud?.code?.commit, folder: '.' } },
        { name: 'numpy', version: '1' },
      ],
      locks: [lock('uv.lock')],
      missing: [],
    });
  });

  it('on a Poetry layout, whose environment lies elsewhere', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: environments have another layout there');
    const root = await repository({ 'poetry.lock': '', 'pyproject.toml': '[tool.poetry]\nname = "fraud"\n' });
    const hash = createHash('sha256').update(root).digest('base64url').slice(0, 8);
    const cache = await temporaryFolder();
    await venv(cache, `virtualenvs/fraud-${hash}-py3.12`, ['numpy']);
    const { fraud } = await lineagesOf({ root, command: ['poetry', 'run', 'train'], env: { POETRY_CACHE_DIR: cache } });
    expect(fraud).toMatchObject({
      environment: { python: '3.12.4', foundBy: 'project' },
      dependencies: named('numpy'),
      locks: [lock('poetry.lock')],
      missing: [],
    });
  });

  it('on a conda layout, with what isn’t Python’s', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: environments have another layout there');
    const root = await repository({ 'environment.yml': 'dependencies: [numpy]\n' });
    const prefix = join(root, 'envs/fraud');
    await write(prefix, 'conda-meta/python-3.11.9-h955ad1f_0.json', '{}');
    await write(prefix, 'conda-meta/cudatoolkit-11.8.0-h6a678d5_0.json', '{}');
    await write(prefix, 'lib/python3.11/site-packages/numpy-1.dist-info/METADATA', 'Name: numpy\nVersion: 1\n');
    const { fraud } = await lineagesOf({ root, env: { CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: 'fraud' } });
    expect(fraud).toMatchObject({
      environment: { python: '3.11.9', foundBy: 'active' },
      dependencies: [{ name: 'cudatoolkit', version: '11.8.0', isConda: true }, ...named('numpy')],
      locks: [lock('environment.yml')],
      machine: { cuda: '11.8.0' },
      missing: [],
    });
  });

  it('on data of DVC, which isn’t read, also where it is a link or not here', async () => {
    const md5 = '3b0332e02daabf31651a5a0d81ba830a';
    const dvc = (path: string) => `outs:\n- md5: ${md5}\n  size: 8\n  hash: md5\n  path: ${path}\n`;
    const cache = await write(await temporaryFolder(), 'cache/ab', 'a,b\n1,2\n');
    const root = await repository({
      'data/train.csv.dvc': dvc('train.csv'),
      'data/linked.csv.dvc': dvc('linked.csv'),
      'data/test.csv.dvc': dvc('test.csv'),
      'model-registry.yaml': PROJECT.replace(
        'data/train.csv',
        'data/train.csv, data/test.csv.dvc, data/linked.csv, data/gone.csv',
      ),
      'requirements.txt': '',
    });
    await symlink(cache, join(root, 'data/linked.csv'));
    await write(root, '.git/info/exclude', 'data/linked.csv\n');
    await venv(root, '.venv', ['dvc']);
    const { fraud } = await lineagesOf({ root });
    expect(fraud).toMatchObject({
      data: [
        { path: 'data/train.csv', kind: 'dvc', hash: `md5:${md5}`, sizeBytes: 8 },
        { path: 'data/test.csv', kind: 'dvc', hash: `md5:${md5}`, sizeBytes: 8 },
        { path: 'data/linked.csv', kind: 'dvc', hash: `md5:${md5}`, sizeBytes: 8 },
        { path: 'data/gone.csv' },
      ],
      missing: [{ what: 'data[data/gone.csv]', why: 'nothing was at its place' }],
    });
  });

  it('in a monorepo with two models, each with its own environment and lock file, and those that they share', async ({
    skip,
  }) => {
    skip(process.platform === 'win32', 'Windows: environments have another layout there');
    const project = (name: string) => `models:\n  ${name}:\n    outputs: [out/**]\n    data: [../shared.csv]\n`;
    const root = await repository({
      'uv.lock': 'shared',
      'models/fraud/model-registry.yaml': project('fraud').replace('../shared.csv', 'train.csv'),
      'models/fraud/train.csv': 'a\n1\n2\n',
      'models/churn/model-registry.yaml': project('churn').replace('../shared.csv', 'train.csv'),
      'models/churn/train.csv': 'a\n1\n',
      'models/churn/requirements.txt': 'xgboost\n',
    });
    await venv(root, '.venv', ['shared']);
    await venv(root, 'models/churn/.venv', ['xgboost']);
    const of = async (name: string) => {
      const folder = join(root, 'models', name);
      return (await lineagesOf({ root: folder, command: ['uv', 'run', 'train.py'] }))[name];
    };
    expect(await of('fraud')).toMatchObject({
      code: { folder: 'models/fraud' },
      data: [{ path: 'train.csv', rows: 2 }],
      dependencies: named('shared'),
      locks: [lock('../../uv.lock')],
      missing: [],
    });
    expect(await of('churn')).toMatchObject({
      code: { folder: 'models/churn' },
      data: [{ path: 'train.csv', rows: 1 }],
      dependencies: named('xgboost'),
      locks: [lock('requirements.txt'), lock('../../uv.lock')],
      missing: [],
    });
  });

  it('on the example, and says that it has no remote and no lock file', async () => {
    const root = await temporaryFolder();
    await copyExample(root);
    const command = ['python3', 'train.py'];
    const lineages = await lineagesOf({
      root,
      command,
      env: process.env,
      train: () => run('python3', command.slice(1), { cwd: root }),
    });
    const lineage = lineages['fraud-detector'];
    expect(lineage).toMatchObject({
      code: { commit: known, branch: 'main', isDirty: false },
      data: [
        { path: 'data/train.csv', sha256: known, rows: expect.any(Number) },
        { path: 'data/test.csv', sha256: known, rows: expect.any(Number) },
      ],
      run: { command: 'python3 train.py', exitCode: 0 },
      environment: { foundBy: 'command', python: expect.stringMatching(/^3\.\d+\.\d+/) },
      machine,
    });
    expect(lineage?.missing.map(({ what }) => what)).toEqual(['code.remote', 'locks']);
  }, 120_000);
});

describe('a lineage says what is missing and why', () => {
  it('without git, environment, lock file and data', async () => {
    const root = await temporaryFolder();
    await write(root, 'model-registry.yaml', 'models: {fraud: {outputs: [out/**]}}\n');
    const { fraud } = await lineagesOf({ root });
    expect(fraud).toMatchObject({ code: null, data: [], dependencies: [], environment: null, locks: [], machine });
    expect(fraud?.missing).toEqual([
      { what: 'code', why: 'the folder is in no git repository' },
      {
        what: 'dependencies',
        why: 'no Python environment was found: the command names none, none is active, and the folder has none',
      },
      { what: 'locks', why: 'there is no lock file in the folder or above it' },
      { what: 'data', why: 'none was declared' },
    ]);
  });

  it('without a commit', async () => {
    const root = await temporaryFolder();
    await write(root, 'model-registry.yaml', PROJECT);
    await run('git', ['init', '-q'], { cwd: root });
    const { fraud } = await lineagesOf({ root });
    expect(fraud?.missing[0]).toEqual({ what: 'code', why: 'the repository has no commit yet' });
  });

  it('in a shallow clone', async () => {
    const source = await repository({ 'requirements.txt': '' });
    await run(
      'git',
      ['-c', 'user.name=Ann', '-c', 'user.email=a@example.org', 'commit', '-qm', 'Second', '--allow-empty'],
      { cwd: source },
    );
    const root = join(await temporaryFolder(), 'clone');
    await run('git', ['clone', '-q', '--depth=1', `file://${source}`, root]);
    await venv(root, '.venv', ['numpy']);
    const { fraud } = await lineagesOf({ root });
    expect(fraud).toMatchObject({ code: { commit: known, isPushed: true }, dependencies: named('numpy') });
    expect(fraud?.missing).toEqual([
      { what: 'code.history', why: 'the clone is shallow, so that commits before it are not here' },
    ]);
  });

  it('of data that the run read by the record of DVC, and nobody declared', async () => {
    const dep = (path: string) =>
      `    - path: ${path}\n      hash: md5\n      md5: ${'ab'.repeat(16)}\n      size: 8\n`;
    const root = await repository({
      'requirements.txt': '',
      'dvc.yaml':
        'stages:\n  train:\n    cmd: make\n    deps: [data/train.csv, data/more.csv, train.py]\n    outs: [out/model.bin]\n',
    });
    await write(root, '.git/info/exclude', 'dvc.lock\n');
    await venv(root, '.venv', ['numpy']);
    const { fraud } = await lineagesOf({
      root,
      train: async () => {
        await write(root, 'out/model.bin', 'weights');
        const deps = ['data/train.csv', 'data/more.csv', 'train.py'].map(dep).join('');
        const outs = dep('out/model.bin').replace('size: 8', 'size: 7');
        await write(
          root,
          'dvc.lock',
          `schema: '2.0'\nstages:\n  train:\n    cmd: make\n    deps:\n${deps}    outs:\n${outs}`,
        );
      },
    });
    expect(fraud?.missing).toEqual([
      {
        what: 'data[data/more.csv]',
        why: 'the run read it, by what its tracker recorded, and model-registry.yaml does not declare it under data',
      },
    ]);
  });

  it('of uncommitted changes that weren’t kept', async () => {
    const root = await repository({ 'requirements.txt': '' });
    await venv(root, '.venv', ['numpy']);
    await write(root, 'notes.md', 'not tracked');
    const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
    await write(root, 'requirements.txt', `--extra-index-url https://x:${token}@example.org\n`);
    const { fraud } = await lineagesOf({ root });
    expect(fraud?.missing.map(({ what }) => what)).toEqual(['code.changes.leftOut', 'code.changes.untracked']);
    expect(JSON.stringify(fraud)).not.toContain(token);
  });
});
