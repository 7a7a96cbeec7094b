// Builds the extension, the command line, the worker and the webviews into dist/.
// `--dev` adds source maps and leaves names readable, `--metafile` writes out/meta-*.json for esbuild's analyser.
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const isDev = process.argv.includes('--dev');
const wantsMetafile = process.argv.includes('--metafile');

const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  minify: !isDev,
  // Error and class names show in messages and logs.
  keepNames: true,
  sourcemap: isDev ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Bundles made apart, and read when they are needed first, by the file that others import dynamically. */
const apart = { 'storage/azure/connect.ts': './azure.js', './program.ts': './program.js' };
const readLater = {
  name: 'read-later',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path }) => {
      const [, bundle] = Object.entries(apart).find(([file]) => kind === 'dynamic-import' && path.endsWith(file)) ?? [];
      return bundle === undefined ? undefined : { path: bundle, external: true };
    });
  },
};

const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  plugins: [readLater],
  // To import a bundle, Node would first look through all of it for what it exports; to require one, it doesn't.
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.url': '__moduleUrl',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
};
const moduleUrl = "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;";

/** What each bundle is made from. A file directly in src/webviews is a page, its parts live in folders below. */
async function bundles() {
  const pages = (await readdir(join(root, 'src/webviews')))
    .filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => `src/webviews/${name}`);
  return {
    extension: {
      ...node,
      entryPoints: ['src/extension/extension.ts'],
      outfile: 'dist/extension.js',
      external: ['vscode'],
      target: 'node22',
      banner: { js: moduleUrl },
    },
    azure: {
      ...node,
      entryPoints: ['src/storage/azure/connect.ts'],
      outfile: 'dist/azure.js',
      target: 'node20',
      banner: { js: moduleUrl },
    },
    cli: {
      ...node,
      entryPoints: ['src/cli/main.ts'],
      outfile: 'dist/cli.js',
      target: 'node20',
      banner: { js: `#!/usr/bin/env node\n${moduleUrl}` },
    },
    program: {
      ...node,
      entryPoints: ['src/cli/program.ts'],
      outfile: 'dist/program.js',
      target: 'node20',
      banner: { js: moduleUrl },
    },
    worker: {
      ...node,
      entryPoints: ['src/workers/main.ts'],
      outfile: 'dist/worker.js',
      target: 'node20',
      banner: { js: moduleUrl },
    },
    webviews: {
      ...common,
      entryPoints: pages,
      outdir: 'dist/webviews',
      platform: 'browser',
      format: 'iife',
      target: 'chrome130',
      loader: { '.ttf': 'file', '.svg': 'dataurl' },
    },
  };
}

async function main() {
  const startedAt = Date.now();
  const inputs = new Set();
  for (const [name, options] of Object.entries(await bundles())) {
    const { metafile } = await build(options);
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
    if (wantsMetafile) await writeText(`out/meta-${name}.json`, JSON.stringify(metafile));
  }
  await copyBeside('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
  for (const name of ['codicon.css', 'codicon.ttf'])
    await copyBeside(`node_modules/@vscode/codicons/dist/${name}`, `dist/codicons/${name}`);
  for (const name of ['model-registry', 'model-registry.cmd'])
    await copyBeside(`src/cli/bin/${name}`, `dist/bin/${name}`);
  await chmod(join(root, 'dist/bin/model-registry'), 0o755);
  await chmod(join(root, 'dist/cli.js'), 0o755);
  await writeText('dist/THIRD_PARTY_NOTICES.txt', await notices(inputs));
  await removeOlder(join(root, 'dist'), startedAt);
  await mkdir(join(root, 'out'), { recursive: true });
}

/** Removes what an earlier build left and this one didn't write. Emptying the folder first would break whoever uses it meanwhile. */
async function removeOlder(folder, startedAt) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    // File systems may keep whole seconds only.
    if (entry.isFile() && (await stat(path)).mtimeMs < startedAt - 2000) await rm(path);
  }
}

async function copyBeside(from, to) {
  await mkdir(dirname(join(root, to)), { recursive: true });
  await copyFile(join(root, from), join(root, to));
}

async function writeText(path, text) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** The licences of every library that ended up in a bundle. */
async function notices(inputs) {
  const folders = new Set(['node_modules/@vscode/codicons']);
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found?.[1] !== undefined) folders.add(found[1]);
  }
  const parts = [];
  for (const folder of [...folders].sort()) {
    const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const files = await readdir(join(root, folder));
    const licence = files.find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
    const text =
      licence === undefined
        ? `License: ${manifest.license}`
        : (await readFile(join(root, folder, licence), 'utf8')).trim();
    parts.push(`${manifest.name} ${manifest.version}\n\n${text}\n`);
  }
  return `Model Registry contains these libraries.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  await main().catch((error) => {
    // esbuild has already printed what is wrong with the sources.
    if (!Array.isArray(error.errors)) console.error(error);
    process.exitCode = 1;
  });
}
