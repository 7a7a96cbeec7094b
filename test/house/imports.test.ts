import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/**
 * From the ground up. A part may import from the rows below its own. Two neighbours of the design stand on each other here, one way only:
 * `rules` on the events that `log` defines, and `intents` on the state that `catalog` answers from.
 */
const rows: readonly (readonly string[])[] = [
  ['base'],
  ['storage', 'modelfiles', 'secrets', 'runs', 'project'],
  ['log', 'predictions'],
  ['rules'],
  ['catalog', 'artifacts'],
  ['intents'],
  ['registry'],
  ['outputs', 'lineage', 'gates'],
  ['serving', 'exchange', 'agents', 'importing'],
  ['workers'],
  ['cli', 'extension'],
];

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
  readonly isTypeOnly: boolean;
}

describe('imports', () => {
  const imports = sourceFiles().flatMap(importsOf);

  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it('run downwards between the parts, never up or sideways', () => {
    expect(
      imports.filter((entry) => partOf(entry.file) !== 'webviews' && !isDownwards(entry)).map(describeImport),
    ).toEqual([]);
  });

  it('of vscode stand in the extension alone', () => {
    expect(
      imports.filter((entry) => entry.target === 'vscode' && partOf(entry.file) !== 'extension').map(describeImport),
    ).toEqual([]);
  });

  it('of the webviews stay in the browser: their own files, libraries, base, and message types', () => {
    const foreign = imports.filter((entry) => partOf(entry.file) === 'webviews' && !isForBrowser(entry));
    expect(foreign.map(describeImport)).toEqual([]);
  });

  it('name every part of src', () => {
    const known = new Set([...rows.flat(), 'webviews']);
    const parts = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(parts.map((entry) => entry.name).filter((name) => !known.has(name))).toEqual([]);
  });
});

function isDownwards(entry: Import): boolean {
  if (!entry.target.startsWith('.')) return true;
  const from = partOf(entry.file);
  const target = relative(source, resolve(source, dirname(entry.file), entry.target));
  if (target === join('..', 'package.json')) return true;
  const to = partOf(target);
  return from === to || rowOf(to) < rowOf(from);
}

function isForBrowser(entry: Import): boolean {
  if (!entry.target.startsWith('.')) return !entry.target.startsWith('node:') && entry.target !== 'vscode';
  const path = relative(source, resolve(source, dirname(entry.file), entry.target))
    .split(sep)
    .join('/');
  if (path.startsWith('webviews/') || path.startsWith('base/')) return true;
  return entry.isTypeOnly && /^extension\/messages\//.test(path);
}

function sourceFiles(): readonly string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(source, file), 'utf8').replace(/^\s*(\/\/.*|\*.*|\/\*.*)$/gm, '');
  const pattern =
    /\b(?:import|export)\s+(type\s)?[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    target: match[2] ?? match[3] ?? '',
    isTypeOnly: match[1] !== undefined,
  }));
}

function partOf(path: string): string {
  return path.split(sep)[0] ?? '';
}

function rowOf(part: string): number {
  const row = rows.findIndex((parts) => parts.includes(part));
  if (row === -1) throw new Error(`src/${part} has no row here.`);
  return row;
}

function describeImport(entry: Import): string {
  return `src/${entry.file}:${entry.line} imports ${entry.target}`;
}
