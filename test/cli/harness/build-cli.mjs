// Builds the command line and its worker, with the options of the real build, into the folder that is named.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundles } from '../../../esbuild.mjs';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('Name the folder to build into.');
const root = join(import.meta.dirname, '../../..');
const { cli, worker } = await bundles();
await Promise.all([
  build({ ...cli, outfile: join(folder, 'cli.js') }),
  build({ ...worker, outfile: join(folder, 'worker.js') }),
  copyFile(join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(folder, 'sql-wasm.wasm')),
]);
