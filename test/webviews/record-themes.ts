// Writes themes.json: what the editor's own themes give the pages. Run it after `npm run package`, with the editor of the editor tests.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditor, THEMES, type Theme } from '../editor/harness/editor.ts';
import { repositoryRoot } from '../editor/harness/install.ts';

const workspace = await mkdtemp(join(tmpdir(), 'model-registry-themes-'));
try {
  const header = Buffer.from(JSON.stringify({ weight: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFile(join(workspace, 'tiny.safetensors'), Buffer.concat([length, header, Buffer.alloc(4)]));
  const used = await usedVariables();
  const editor = await openEditor({ workspace });
  try {
    await editor.workbench.openFile('tiny.safetensors');
    const page = await editor.workbench.customEditor('modelFile');
    const recorded: Record<string, Record<string, string>> = {};
    for (const [theme, name] of Object.entries(THEMES) as [Theme, string][]) {
      await editor.workbench.setTheme(name.replace(/^Default /, ''));
      await page.locator(`body.vscode-${theme}`).waitFor();
      const all = await page.evaluate<[string, string][]>(
        `[...document.documentElement.style].map((name) => [name, document.documentElement.style.getPropertyValue(name)])`,
      );
      recorded[theme] = Object.fromEntries(
        all
          .map(([variable, value]) => [variable.replace(/^--vscode-/, ''), value] as const)
          .filter(([variable]) => used.has(variable))
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    }
    await writeFile(join(import.meta.dirname, 'themes.json'), `${JSON.stringify(recorded, undefined, 2)}\n`);
  } finally {
    await editor.close();
  }
} finally {
  await rm(workspace, { recursive: true, force: true });
}

/** What the pages' styles and scripts ask of a theme. */
async function usedVariables(): Promise<ReadonlySet<string>> {
  const folder = join(repositoryRoot, 'dist/webviews');
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(css|js)$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Set(texts.flatMap((text) => [...text.matchAll(/--vscode-([\w-]+)/g)].map(([, name]) => name ?? '')));
}
