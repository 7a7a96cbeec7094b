import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readPythonEnvironment } from '../../../src/lineage/python/environment.ts';
import { temporaryFolder, write } from '../folder.ts';

const run = promisify(execFile);
const listSchema = v.array(v.object({ name: v.string(), version: v.string() }));

/** Asks the pip of this machine's Python about the environment, which has none of its own: making one with pip takes long. */
async function pipList(prefix: string): Promise<readonly string[]> {
  const args = [
    '-m',
    'pip',
    '--python',
    join(prefix, 'bin/python'),
    'list',
    '--format=json',
    '--disable-pip-version-check',
  ];
  const { stdout } = await run('python3', args, { cwd: prefix, maxBuffer: 16 * 1024 * 1024 });
  return lines(v.parse(listSchema, JSON.parse(stdout)));
}

function ours(prefix: string): readonly string[] {
  return lines(readPythonEnvironment({ root: prefix, env: process.env, prefix })?.packages ?? []);
}

function lines(packages: readonly { readonly name: string; readonly version: string }[]): readonly string[] {
  return packages.map(({ name, version }) => `${name}==${version}`).sort();
}

const metadata = (name: string, version: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;

describe('the packages of a real virtual environment', () => {
  it('are those that pip lists: odd names and versions, eggs, linked folders, remains, and what the system has', async () => {
    const root = await temporaryFolder();
    const prefix = join(root, 'venv');
    await run('python3', ['-m', 'venv', '--without-pip', prefix]);
    const site = (
      await run(join(prefix, 'bin/python'), ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'])
    ).stdout.trim();
    const info = (folder: string, name: string, version: string) =>
      write(site, `${folder}.dist-info/METADATA`, `${metadata(name, version)}\nName: not-this\n`);
    await info('Jinja2-3.1', 'Jinja2', '3.1');
    await info('scikit_learn-1.5.0', 'scikit-learn', '1.5.0');
    await info('ruamel.yaml-0.18', 'ruamel.yaml', '0.18');
    await info('dated-2024.2.2', 'dated', '2024.02.02');
    await info('local-1.0+cu121', 'local', '1.0+CU121');
    await info('early-2.0rc1', 'early', '2.0-RC.1');
    // Left behind by an installation that broke, and by Python itself.
    await info('~one-1.0', 'gone', '1.0');
    await info('wsgiref-0.1', 'wsgiref', '0.1');
    await write(site, 'empty-1.0.dist-info/RECORD', '');
    // Installed by setuptools of old: a folder, a file, and one whose code lies elsewhere.
    await write(site, 'old_style-1.2-py3.11.egg-info/PKG-INFO', metadata('old-style', '1.2'));
    await write(site, 'older-1.3.egg-info', metadata('older', '1.3'));
    await write(root, 'develop/mine.egg-info/PKG-INFO', metadata('mine', '0.1.dev0'));
    await write(root, 'develop/Jinja2.egg-info/PKG-INFO', metadata('jinja2', '9'));
    await write(site, 'easy-install.pth', `# a comment\nimport os\n${join(root, 'develop')}\n/gone\n`);
    const listed = await pipList(prefix);
    expect(listed).toEqual(expect.arrayContaining(['Jinja2==3.1', 'dated==2024.2.2', 'mine==0.1.dev0', 'older==1.3']));
    expect(ours(prefix)).toEqual(listed);

    const config = join(prefix, 'pyvenv.cfg');
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace(/(include-system-site-packages = )false/, '$1true'));
    expect(ours(prefix)).toEqual(await pipList(prefix));
  }, 120_000);
});
