import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillExtensionsFolder, packagedExtension } from './harness/install.ts';

describe('the packaged extension, as installed', () => {
  let dir = '';
  let installed = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-package-'));
    await fillExtensionsFolder(dir, join(dir, 'extensions'));
    const folder = readdirSync(join(dir, 'extensions')).find((name) =>
      name.startsWith('model-registry.model-registry-'),
    );
    installed = join(dir, 'extensions', folder ?? 'missing');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('is smaller than 2 MB', () => {
    expect(statSync(packagedExtension).size).toBeLessThan(2_000_000);
  });

  it('holds what it needs at run time and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
    const wanted = [
      'package.json',
      'LICENSE.txt',
      'readme.md',
      'changelog.md',
      'dist/extension.js',
      'dist/cli.js',
      'dist/worker.js',
    ];
    expect(wanted.filter((name) => !files.includes(name))).toEqual([]);
    expect(files).toContain('dist/sql-wasm.wasm');
    const allowed =
      /^(package(\.nls.*)?\.json|LICENSE\.txt|readme\.md|changelog\.md|\.vsixmanifest|l10n\/(bundle|core)\.l10n\..*\.json|dist\/.*|media\/.*)$/;
    expect(files.filter((name) => !allowed.test(name) || /\.(map|ts|tsbuildinfo)$/.test(name))).toEqual([]);
  });

  it('has the code that its programs and threads share once', () => {
    const scripts = readdirSync(join(installed, 'dist')).filter((name) => name.endsWith('.js'));
    const tables = scripts.filter((name) =>
      readFileSync(join(installed, 'dist', name), 'utf8').includes('CREATE TABLE version_inputs'),
    );
    expect(tables).toHaveLength(1);
  });

  it('brings a command line that terminals can run', () => {
    for (const name of ['dist/bin/model-registry', 'dist/cli.js']) accessSync(join(installed, name), constants.X_OK);
  });
});
