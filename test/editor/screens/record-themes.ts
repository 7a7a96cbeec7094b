import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { THEMES, type Theme } from '../harness/editor.ts';
import { repositoryRoot } from '../harness/install.ts';
import type { OpenedProject } from './editor-screen.ts';
import { showTheme } from './theme.ts';

/** Pages that are drawn outside of the editor have these. */
const file = join(repositoryRoot, 'test/webviews/editor-themes.json');

/** What the editor's own themes give the pages, of what the pages ask for. */
export async function recordThemes(opened: OpenedProject): Promise<void> {
  const { workbench } = opened;
  const used = await usedVariables();
  await workbench.openContainer('Model Registry');
  await workbench.runCommand('Model Registry: Show Model…');
  await workbench.quickInput.press('Enter');
  const shown = await workbench.customEditor('model');
  const recorded: Record<string, Record<string, string>> = {};
  for (const theme of Object.keys(THEMES) as Theme[]) {
    await showTheme(opened, theme);
    const all = await shown.evaluate<[string, string][]>(
      `[...document.documentElement.style].map((name) => [name, document.documentElement.style.getPropertyValue(name)])`,
    );
    const entries = all
      .map(([variable, value]) => [variable.replace(/^--vscode-/, ''), value] as const)
      .filter(([variable]) => used.has(variable))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    recorded[theme] = Object.fromEntries(entries);
  }
  await writeFile(file, `${JSON.stringify(recorded, undefined, 2)}\n`);
}

/** What the pages' styles and scripts ask of a theme. */
async function usedVariables(): Promise<ReadonlySet<string>> {
  const folder = join(repositoryRoot, 'dist/webviews');
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(css|js)$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Set(texts.flatMap((text) => [...text.matchAll(/--vscode-([\w-]+)/g)].map(([, name]) => name ?? '')));
}
