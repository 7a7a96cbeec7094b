import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Libraries that cost start-up time and memory, and that nobody needs before the first use. */
const HEAVY = ['sql.js', '@azure/storage-blob', '@azure/identity'];

describe('starting', () => {
  it.each(['src/extension/extension.ts', 'src/cli/main.ts'])('%s loads no heavy library', async (entry) => {
    const chains = [...(await loadedBy(entry))].filter(([file]) =>
      HEAVY.some((name) => file.includes(`node_modules/${name}/`)),
    );
    expect(chains.map(([, chain]) => chain)).toEqual([]);
  });

  it('a registry’s thread loads nothing that reads model files or what trackers recorded: everybody would wait for that', async () => {
    const slow = ['src/modelfiles/inspect.ts', 'src/runs/find-runs.ts', 'src/runs/values-file.ts'];
    for (const file of slow) expect(existsSync(resolve(root, file))).toBe(true);
    const loaded = await loadedBy('src/workers/registry.ts');
    expect(slow.flatMap((file) => loaded.get(file) ?? [])).toEqual([]);
  });

  it('the editor reads commands, pages and tools when they are used first', async () => {
    const later = [
      'src/agents/tools.ts',
      'src/extension/commands/command-table.ts',
      'src/extension/model-files/model-file-editor.ts',
      'src/extension/pages/pages.ts',
      'src/extension/prompts/steps.ts',
      'src/extension/start-later.ts',
    ];
    for (const file of later) expect(existsSync(resolve(root, file))).toBe(true);
    const loaded = await loadedBy('src/extension/extension.ts');
    expect(later.flatMap((file) => loaded.get(file) ?? [])).toEqual([]);
  });
});

async function loadedBy(entry: string): Promise<ReadonlyMap<string, string>> {
  expect(existsSync(resolve(root, entry))).toBe(true);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'silent',
  });
  return loadedAtStart(metafile, entry);
}

/** Every file that runs before anything asks for it, with the chain of imports that leads there. */
function loadedAtStart(metafile: Metafile, entry: string): ReadonlyMap<string, string> {
  const chains = new Map([[entry, entry]]);
  for (const [file, chain] of chains) {
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? []) {
      if (kind === 'dynamic-import' || external === true || chains.has(path)) continue;
      chains.set(path, `${chain} → ${path}`);
    }
  }
  return chains;
}
