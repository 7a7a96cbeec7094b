import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Bundles the suite for the extension host and returns its path. */
export async function bundleHostSuite(): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  const outfile = join(root, 'out/host-suite.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/host/suite.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return outfile;
}
