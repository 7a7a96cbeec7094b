import { createHash } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPythonEnvironment } from '../../../src/lineage/python/environment.ts';
import { environmentAt, interpreterPrefix } from '../../../src/lineage/python/interpreter.ts';
import { onWindows } from '../../on-windows.ts';
import { temporaryFolder, write } from '../folder.ts';

const SITE = 'lib/python3.12/site-packages';

/** A virtual environment with one package, which has the environment's name. */
async function venv(root: string, place: string, name: string, config = 'version = 3.12.4'): Promise<string> {
  await write(root, `${place}/pyvenv.cfg`, `home = /usr/bin\n${config}\n`);
  await write(root, `${place}/${SITE}/${name}-1.dist-info/METADATA`, `Name: ${name}\nVersion: 1\n`);
  return join(root, place);
}

async function program(root: string, path: string, text = ''): Promise<string> {
  const { chmod } = await import('node:fs/promises');
  const file = await write(root, path, text);
  await chmod(file, 0o755);
  return file;
}

/** Names of the packages that a command in `cwd` runs with. */
async function namesFor(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<readonly string[] | undefined> {
  const prefix = await interpreterPrefix(command.split(' '), cwd, env);
  return readPythonEnvironment({ root: cwd, env, prefix })?.packages.map(({ name }) => name);
}

describe.skipIf(onWindows('environments have another layout there'))('the environment of', () => {
  it('uv is the project’s, whatever is active, in a workspace too, and where it was told to be', async () => {
    const root = await temporaryFolder();
    await write(root, '.git/HEAD', '');
    await venv(root, '.venv', 'of-uv', 'version_info = 3.12.9');
    const active = await venv(root, 'elsewhere', 'active');
    await mkdir(join(root, 'packages/model'), { recursive: true });
    const env = { VIRTUAL_ENV: active, PATH: '' };
    expect(await namesFor('uv run python train.py', join(root, 'packages/model'), env)).toEqual(['of-uv']);
    expect(await namesFor('uv run --active python train.py', join(root, 'packages/model'), env)).toEqual(['active']);
    await write(root, 'pyproject.toml', '[project]\nname = "x"\n');
    await venv(root, 'moved', 'moved');
    expect(await namesFor('uv run train.py', root, { ...env, UV_PROJECT_ENVIRONMENT: 'moved' })).toEqual(['moved']);
    expect(readPythonEnvironment({ root })).toMatchObject({ python: '3.12.9', foundBy: 'project' });
  });

  it('Poetry is the one that it keeps for the folder', async () => {
    const root = await temporaryFolder();
    const project = join(root, 'project');
    await write(project, 'pyproject.toml', '[tool.poetry]\nname = "Fraud Detector"\n');
    const hash = createHash('sha256').update(project).digest('base64url').slice(0, 8);
    await venv(root, `cache/virtualenvs/fraud-detector-${hash}-py3.12`, 'of-poetry');
    await venv(root, 'cache/virtualenvs/fraud-detector-ZZZZZZZZ-py3.12', 'of-another');
    const env = { POETRY_CACHE_DIR: join(root, 'cache'), PATH: '' };
    expect(await namesFor('poetry run python train.py', project, env)).toEqual(['of-poetry']);
  });

  it('Pipenv is the one that names the folder', async () => {
    const root = await temporaryFolder();
    await write(root, 'project/Pipfile', '');
    await venv(root, 'virtualenvs/project-aaaaaaaa', 'of-another');
    await write(root, 'virtualenvs/project-aaaaaaaa/.project', join(root, 'elsewhere'));
    await venv(root, 'virtualenvs/project-bbbbbbbb', 'of-pipenv');
    await write(root, 'virtualenvs/project-bbbbbbbb/.project', join(root, 'project'));
    const env = { WORKON_HOME: join(root, 'virtualenvs'), PATH: '' };
    expect(await namesFor('pipenv run python train.py', join(root, 'project'), env)).toEqual(['of-pipenv']);
  });

  it('PDM is the one that it noted', async () => {
    const root = await temporaryFolder();
    const prefix = await venv(root, 'somewhere/else', 'of-pdm');
    await write(root, 'project/.pdm-python', join(prefix, 'bin/python'));
    expect(await namesFor('pdm run train.py', join(root, 'project'), { PATH: '' })).toEqual(['of-pdm']);
  });

  it('conda has what it installed besides Python’s packages, and the Python of its records', async () => {
    const root = await temporaryFolder();
    const prefix = join(root, 'miniconda3/envs/fraud');
    for (const record of [
      'python-3.11.9-h955ad1f_0',
      'numpy-1.26.4-py311h64a7726_0',
      'cuda-cudart-12.4.127-he02047a_2',
      'libblas-3.9.0-22_linux64_openblas',
    ])
      await write(prefix, `conda-meta/${record}.json`, '{}');
    await write(prefix, 'conda-meta/history', '');
    await write(
      prefix,
      'lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA',
      'Name: numpy\nVersion: 1.26.4\n',
    );
    const expected = {
      python: '3.11.9',
      packages: [
        { name: 'cuda-cudart', version: '12.4.127' },
        { name: 'libblas', version: '3.9.0' },
        { name: 'numpy', version: '1.26.4' },
      ],
      conda: ['cuda-cudart', 'libblas'],
    };
    const env = { CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: 'fraud' };
    expect(readPythonEnvironment({ root, env })).toMatchObject({ ...expected, foundBy: 'active' });
    const home = { HOME: root, PATH: '' };
    expect(await interpreterPrefix('conda run -n fraud python train.py'.split(' '), root, home)).toBe(prefix);
    expect(await interpreterPrefix(`mamba run --prefix=${prefix} python train.py`.split(' '), root, home)).toBe(prefix);
    expect(await interpreterPrefix('conda run -n ../.. python train.py'.split(' '), root, home)).toBeUndefined();
  });

  it('conda’s own installation, which is active by itself, comes after the folder’s', async () => {
    const root = await temporaryFolder();
    await venv(root, '.venv', 'mine');
    const base = await venv(root, 'miniconda3', 'base');
    const env = { CONDA_PREFIX: base, CONDA_DEFAULT_ENV: 'base' };
    expect(readPythonEnvironment({ root, env })?.packages).toEqual([{ name: 'mine', version: '1' }]);
  });

  it('pixi is the one that is named, or its default', async () => {
    const root = await temporaryFolder();
    for (const name of ['default', 'gpu'])
      await write(root, `.pixi/envs/${name}/conda-meta/tool-${name}-1.0-0.json`, '{}');
    expect(await namesFor('pixi run train', root, { PATH: '' })).toEqual(['tool-default']);
    expect(await namesFor('pixi run -e gpu train', root, { PATH: '' })).toEqual(['tool-gpu']);
  });

  it('pyenv is the version that the folder, the environment or pyenv itself chose', async () => {
    const root = await temporaryFolder();
    for (const version of ['3.12.9', '3.12.11'])
      await write(
        root,
        `.pyenv/versions/${version}/${SITE}/of-${version}-1.dist-info/METADATA`,
        `Name: of-${version}\nVersion: 1\n`,
      );
    await program(root, '.pyenv/shims/python', '#!/usr/bin/env bash\n');
    await write(root, '.pyenv/version', '3.12.9\n');
    const env = { PATH: join(root, '.pyenv/shims'), PYTHONNOUSERSITE: '1' };
    expect(await namesFor('python train.py', root, env)).toEqual(['of-3.12.9']);
    await write(root, 'project/.python-version', '3.12\n');
    expect(await namesFor('python train.py', join(root, 'project'), env)).toEqual(['of-3.12.11']);
    expect(await namesFor('python train.py', join(root, 'project'), { ...env, PYENV_VERSION: '3.12.9' })).toEqual([
      'of-3.12.9',
    ]);
    const prefix = join(root, '.pyenv/versions/3.12.11');
    expect(readPythonEnvironment({ root, env, prefix })?.python).toBe('3.12.11');
  });

  it('a script is that of the interpreter in its first line, and none for other programs of the system', async () => {
    const root = await temporaryFolder();
    const prefix = await venv(root, 'tools', 'of-tools');
    await program(root, 'tools/bin/python', '');
    await program(root, 'bin/accelerate', `#!${join(prefix, 'bin/python')}\nimport sys\n`);
    await program(root, 'bin/make', '');
    await program(root, 'bin/python', '');
    const env = { PATH: join(root, 'bin') };
    expect(await interpreterPrefix(['env', 'A=1', 'nohup', 'accelerate', 'launch'], root, env)).toBe(prefix);
    expect(await interpreterPrefix(['make', 'train'], root, env)).toBeUndefined();
    expect(await environmentAt(join(prefix, 'bin/python'))).toBe(prefix);
  });

  it('a link to an environment is that environment', async () => {
    const root = await temporaryFolder();
    await venv(root, 'shared/env', 'shared');
    await symlink(join(root, 'shared/env'), join(root, '.venv'));
    expect(readPythonEnvironment({ root })?.packages).toEqual([{ name: 'shared', version: '1' }]);
  });
});

describe('packages from elsewhere than an index', () => {
  it('have the commit, the archive’s digest or the folder that they were installed from', async () => {
    const root = await temporaryFolder();
    await venv(root, '.venv', 'plain');
    const direct = async (name: string, url: object) => {
      await write(root, `.venv/${SITE}/${name}-1.dist-info/METADATA`, `Name: ${name}\nVersion: 1\n`);
      await write(root, `.venv/${SITE}/${name}-1.dist-info/direct_url.json`, JSON.stringify(url));
    };
    const commit = '0123456789abcdef0123456789abcdef01234567';
    await direct('from-git', {
      url: 'https://ann:secret@example.org/x.git',
      vcs_info: { vcs: 'git', commit_id: commit },
    });
    await direct('from-zip', {
      url: 'https://example.org/x.zip?token=1',
      archive_info: { hash: `sha256=${'ab'.repeat(32)}` },
    });
    await direct('mine', { url: `file://${root}`, dir_info: { editable: true } });
    await direct('from-file', { url: 'file:///home/ann/x.whl', archive_info: {} });
    await direct('broken', { url: 1 });
    expect(readPythonEnvironment({ root })?.origins).toEqual([
      { name: 'from-git', origin: { commit, url: 'https://example.org/x.git' } },
      { name: 'from-zip', origin: { url: 'https://example.org/x.zip', sha256: 'ab'.repeat(32) } },
      { name: 'mine', origin: { folder: root, isEditable: true } },
    ]);
  });
});
