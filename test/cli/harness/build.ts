import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../../..');

const COMMAND_LINE = { cli: 'src/cli/main.ts', worker: 'src/workers/main.ts' };

/**
 * Builds the command line and its worker, or the given programs, into `folder`, from the sources as they are: a test must not
 * run what an older build left in dist/. That dist/ itself works is another test's matter.
 */
export async function buildInto(
  folder: string,
  entryPoints: Readonly<Record<string, string>> = COMMAND_LINE,
): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { ...entryPoints },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    define: {
      'import.meta.url': '__moduleUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
  await copyFile(join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(folder, 'sql-wasm.wasm'));
}
