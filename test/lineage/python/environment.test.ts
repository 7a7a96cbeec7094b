import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPythonEnvironment } from '../../../src/lineage/python/environment.ts';
import { withoutSecrets } from '../../../src/secrets/remove-secrets.ts';
import { temporaryFolder, write } from '../folder.ts';

const metadata = (name: string, version: string) =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nName: not this\nVersion: 9\n`;

async function environment(root: string, place: string, packages: Readonly<Record<string, string>>): Promise<void> {
  await write(root, `${place}/pyvenv.cfg`, 'home = /usr/bin\nversion = 3.12.4\n');
  for (const [name, version] of Object.entries(packages)) {
    await write(
      root,
      `${place}/lib/python3.12/site-packages/${name}-${version}.dist-info/METADATA`,
      metadata(name, version),
    );
  }
}

describe('the Python environment of a workspace', () => {
  it('is what the metadata of its packages says, by normalised name', async () => {
    const root = await temporaryFolder();
    await environment(root, '.venv', { numpy: '2.1.0', Jinja2: '3.1', scikit_learn: '1.5', 'scikit-image': '0.24' });
    expect(readPythonEnvironment({ root })).toEqual({
      python: '3.12.4',
      foundBy: 'project',
      origins: [],
      packages: [
        { name: 'Jinja2', version: '3.1' },
        { name: 'numpy', version: '2.1.0' },
        { name: 'scikit-image', version: '0.24' },
        { name: 'scikit_learn', version: '1.5' },
      ],
    });
  });

  it('is the active one before those in the folder', async () => {
    const root = await temporaryFolder();
    await environment(root, 'venv', { a: '1' });
    await environment(root, 'elsewhere', { b: '2' });
    const found = readPythonEnvironment({ root, env: { VIRTUAL_ENV: `${root}/elsewhere` } });
    expect(found?.packages).toEqual([{ name: 'b', version: '2' }]);
    const fallback = readPythonEnvironment({ root, env: { VIRTUAL_ENV: `${root}/gone` } });
    expect(fallback?.packages).toEqual([{ name: 'a', version: '1' }]);
  });

  it('knows an environment of Windows', async () => {
    const root = await temporaryFolder();
    await write(root, '.venv/Lib/site-packages/a-1.dist-info/METADATA', metadata('a', '1').replaceAll('\n', '\r\n'));
    expect(readPythonEnvironment({ root })?.packages).toEqual([{ name: 'a', version: '1' }]);
  });

  it('keeps a token in the place of a local version as it is, so that it is known as one', async () => {
    const root = await temporaryFolder();
    const token = `ghp_${'aB3dE5gH7j'.repeat(4)}`;
    await environment(root, '.venv', { a: `2.0+${token}`, b: '1' });
    await write(root, '.venv/lib/python3.12/site-packages/a-2.0.dist-info/METADATA', metadata('a', `2.0+${token}`));
    const [a] = readPythonEnvironment({ root })?.packages ?? [];
    expect(a?.version).toBe(`2.0+${token}`);
    expect(await withoutSecrets(a?.version ?? '')).toBe('2.0+[removed]');
  });

  it('goes by the folder’s name where metadata says nothing, leaves out what has none, and names a package once', async () => {
    const root = await temporaryFolder();
    await environment(root, '.venv', { a: '1' });
    const packages = '.venv/lib/python3.12/site-packages';
    await write(root, `${packages}/broken-1.dist-info/RECORD`, '');
    await write(root, `${packages}/control-1.dist-info/METADATA`, 'Name: con\u0007trol\nVersion: 1\n\n');
    await write(root, `${packages}/empty-2.4.0.dist-info/METADATA`, '');
    await write(root, `${packages}/looping-1.0.dist-info/RECORD`, '');
    await symlink('METADATA', join(root, packages, 'looping-1.0.dist-info/METADATA'));
    await write(root, `${packages}/A-copy.dist-info/METADATA`, metadata('a', '1'));
    expect(readPythonEnvironment({ root })?.packages).toEqual([
      { name: 'a', version: '1' },
      { name: 'control', version: '1' },
      { name: 'empty', version: '2.4.0' },
      { name: 'looping', version: '1.0' },
    ]);
  });

  it('is undefined where there is none', async () => {
    expect(readPythonEnvironment({ root: await temporaryFolder(), env: {} })).toBeUndefined();
  });
});
