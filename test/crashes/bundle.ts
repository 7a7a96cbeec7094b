import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildInto } from '../cli/harness/build.ts';

const out = resolve(import.meta.dirname, '../../out');

/** Bundles programs of this folder: one file starts three times as fast as the many that it is made from, and thousands are started. */
export async function bundled(...names: readonly string[]): Promise<{
  readonly fileOf: (name: string) => string;
  readonly dispose: () => Promise<void>;
}> {
  await mkdir(out, { recursive: true });
  const folder = await mkdtemp(join(out, 'crashes-'));
  // The folder above belongs to a package of ES modules or none, the bundle is CommonJS.
  await writeFile(join(folder, 'package.json'), '{}');
  await buildInto(folder, Object.fromEntries(names.map((name) => [name, join(import.meta.dirname, `${name}.ts`)])));
  return {
    fileOf: (name) => join(folder, `${name}.js`),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
