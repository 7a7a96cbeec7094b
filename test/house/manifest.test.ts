import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { COMMAND_IDS } from '../../src/extension/command-ids.ts';

const root = resolve(import.meta.dirname, '../..');

const Manifest = v.object({
  version: v.string(),
  contributes: v.object({
    commands: v.array(v.object({ command: v.string(), title: v.string() })),
    menus: v.optional(
      v.record(
        v.string(),
        v.array(
          v.object({ command: v.optional(v.string()), group: v.optional(v.string()), when: v.optional(v.string()) }),
        ),
      ),
    ),
    keybindings: v.optional(v.array(v.object({ command: v.string() }))),
  }),
  devDependencies: v.record(v.string(), v.string()),
});
const LockFile = v.object({ packages: v.record(v.string(), v.looseObject({ resolved: v.optional(v.string()) })) });

const manifest = v.parse(Manifest, readJson('package.json'));

describe('package.json', () => {
  it('contributes exactly the commands of the table', () => {
    expect(manifest.contributes.commands.map((entry) => entry.command).sort()).toEqual([...COMMAND_IDS].sort());
  });

  it('offers only commands that exist in its menus and key bindings', () => {
    const known = new Set<string>(COMMAND_IDS);
    const menus = Object.values(manifest.contributes.menus ?? {}).flat();
    const used = [...menus, ...(manifest.contributes.keybindings ?? [])].flatMap((entry) => entry.command ?? []);
    const own = used.filter((command) => command.startsWith(`${String(COMMAND_IDS[0]).split('.')[0]}.`));
    expect(own.filter((command) => !known.has(command))).toEqual([]);
  });

  it('shows the buttons of rows whatever is selected, because the editor asks for them only when it draws a row anew', () => {
    const buttons = Object.values(manifest.contributes.menus ?? {})
      .flat()
      .filter(({ group }) => group?.startsWith('inline'));
    expect(buttons.length).toBeGreaterThan(0);
    expect(buttons.filter(({ when }) => when?.includes('listMultiSelection'))).toEqual([]);
  });

  it('pins every library to one version', () => {
    expect(Object.entries(manifest.devDependencies).filter(([, range]) => !/^\d/.test(range))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('names no registry host, so that any mirror can serve it', () => {
    const { packages } = v.parse(LockFile, readJson('package-lock.json'));
    const named = Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined);
    expect(named.map(([name, entry]) => `${name}: ${entry.resolved}`)).toEqual([]);
  });
});

describe('the repository', () => {
  it('speaks of the product alone, and of no machine', () => {
    const words =
      /\b(claude|anthropic|sub-?agents?|helper sessions?|design brief)\b|\/work\/(main|shared|briefs)|\/root\//i;
    const found = trackedFiles([
      'src',
      'docs',
      'examples',
      'media',
      '.github',
      'README.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'package.json',
    ]).flatMap((file) => {
      const lines = readFileSync(resolve(root, file), 'utf8').split('\n');
      return lines.flatMap((line, index) =>
        words.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
      );
    });
    expect(found).toEqual([]);
  });
});

function trackedFiles(paths: readonly string[]): readonly string[] {
  const listing = execFileSync('git', ['ls-files', '-z', '--', ...paths], { cwd: root, encoding: 'utf8' });
  return listing
    .split('\0')
    .filter((file) => file !== '' && existsSync(resolve(root, file)) && !/\.(png|ttf|wasm|bin|gif)$/.test(file));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(resolve(root, path), 'utf8'));
}
