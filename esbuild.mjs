// Builds the extension, the command line, the worker and the webviews into dist/.
// `--dev` adds source maps and leaves names readable, `--metafile` writes out/meta-*.json for esbuild's analyser.
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import subsetFont from 'subset-font';

const root = import.meta.dirname;
const isDev = process.argv.includes('--dev');
const wantsMetafile = process.argv.includes('--metafile');

const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  minify: !isDev,
  sourcemap: isDev ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * What of the programs is read when it is needed first, by the file that others import dynamically. Each is a file of its own in dist/, and what several
 * need is in files that they share. What else is imported dynamically comes with whoever imports it, and is only run later.
 */
const readLater = [
  'cli/importing.ts',
  'cli/mcp.ts',
  'cli/program.ts',
  'modelfiles/formats.ts',
  'modelfiles/inspect.ts',
  'predictions/certainty.ts',
  'predictions/encode.ts',
  'predictions/measure-file.ts',
  'secrets/rule-set.ts',
  'storage/azure/connect.ts',
  'workers/build-catalog.ts',
  'workers/bytes.ts',
  'workers/importing.ts',
  'workers/inspect.ts',
  'workers/predictions.ts',
  'workers/read-log.ts',
  'workers/read-runs.ts',
  'workers/registry.ts',
  'simple-git',
];

/** The same of the extension: what no start of the editor needs. */
const readLaterInEditor = [
  'extension/agents/named-tools.ts',
  'extension/commands/command-table.ts',
  'extension/commands/space.ts',
  'extension/model-files/model-file-editor.ts',
  'extension/pages/pages.ts',
  'extension/pages/review-data.ts',
  'extension/start-later.ts',
];

/** What libraries load for options that nobody sets here. An option that needs one would fail, and say which. */
const unused = {
  'apache-arrow': 'lists of blobs in the format of Arrow',
  './crc64.js': 'checksums that the storage computes beside ours',
};

const sources = (later) => ({
  name: 'sources',
  setup({ onLoad, onResolve }) {
    // The editor's API has hundreds of members, which every file that imports it would copy when it is loaded, and the editor looks up at each
    // `require` whose API is meant. So it is had once.
    onResolve({ filter: /^editor-api$/ }, ({ path }) => ({ path, namespace: 'editor-api' }));
    onLoad({ filter: /.*/, namespace: 'editor-api' }, () => ({
      contents: "export const vscode = require('vscode');",
      resolveDir: root,
    }));
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const isApart = (name) =>
        later.includes(
          name.startsWith('.') ? relative(join(root, 'src'), resolve(dirname(path), name)).replaceAll('\\', '/') : name,
        );
      const contents = text
        .replace(/(?<!typeof )\bimport\('([^']+)'\)/g, (whole, name) =>
          isApart(name) ? whole : `Promise.resolve().then(() => require('${name}'))`,
        )
        .replace(/^import \* as vscode from 'vscode';$/m, "import { vscode } from 'editor-api';");
      return { contents, loader: 'ts' };
    });
    // Only its version is asked for.
    onLoad({ filter: /^[^@]*[\\/]package\.json$/ }, async ({ path }) => {
      if (dirname(path) !== root) return undefined;
      return {
        contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
        loader: 'json',
      };
    });
    onResolve({ filter: /^(apache-arrow|\.\/crc64\.js)$/ }, ({ path, importer }) =>
      importer.includes('@azure') ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `const absent = () => { throw new Error('This build has no ${unused[path]}.'); };
        export default absent; export const tableFromIPC = absent;`,
    }));
  },
});

/** What Node runs. */
const programs = {
  ...common,
  platform: 'node',
  outdir: 'dist',
  mainFields: ['module', 'main'],
  // Only modules can be split. They become what `require` loads afterwards, which is quicker to start than modules are.
  format: 'esm',
  splitting: true,
  sourcemap: isDev ? 'inline' : false,
  write: false,
};

const moduleUrl = "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;";
const commonJs = {
  format: 'cjs',
  platform: 'node',
  // To import a file, Node would first look through all of it for what it exports; to require one, it doesn't.
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.url': '__moduleUrl',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
};

/** The command line, and the threads. */
async function buildPrograms() {
  const { metafile, files } = await buildApart({
    ...programs,
    entryPoints: { cli: 'src/cli/main.ts', worker: 'src/workers/main.ts' },
    target: 'node20',
    plugins: [sources(readLater)],
  });
  for (const [path, code] of files) await writeText(path, code);
  return metafile;
}

/** What the extension starts with is one file: each other takes the editor's host as long as 10 KB of code. */
async function buildExtension() {
  const { metafile, files } = await buildApart({
    ...programs,
    entryPoints: { extension: 'src/extension/extension.ts' },
    chunkNames: 'extension-[name]-[hash]',
    external: ['vscode'],
    target: 'node22',
    plugins: [sources(readLaterInEditor)],
  });
  const main = 'dist/extension.js';
  const atStart = new Set();
  const add = (path) => {
    if (atStart.has(path) || !files.has(path)) return;
    atStart.add(path);
    for (const { kind, path: next } of metafile.outputs[path].imports) if (kind === 'import-statement') add(next);
  };
  add(main);
  const nameOf = (path) => `./${basename(path)}`;
  const parts = [...atStart].map(
    (path) => `${JSON.stringify(nameOf(path))}:(function(exports,module,require){${files.get(path)}})`,
  );
  await writeText(
    main,
    `"use strict";const parts={${parts.join(',\n')}},made={};
function load(name){const part=parts[name];if(part===undefined)return require(name);let module=made[name];
if(module===undefined){module=made[name]={exports:{}};part(module.exports,module,load)}return module.exports}
module.exports={...load(${JSON.stringify(nameOf(main))}),load};\n`,
  );
  for (const [path, code] of files)
    if (!atStart.has(path))
      await writeText(path, `"use strict";require=require(${JSON.stringify(nameOf(main))}).load;${code}`);
  return metafile;
}

/** The code of each file, by its path in the repository. */
async function buildApart(options) {
  const { metafile, outputFiles } = await build(options);
  const files = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const banner = [
        ...(basename(path) === 'cli.js' ? ['#!/usr/bin/env node'] : []),
        ...(text.includes('import.meta.url') ? [moduleUrl] : []),
      ].join('\n');
      const { code } = await transform(text, {
        ...commonJs,
        banner,
        target: options.target,
        minify: !isDev,
        legalComments: 'none',
        sourcemap: isDev ? 'inline' : false,
        sourcefile: path,
      });
      return [relative(root, path).replaceAll('\\', '/'), code];
    }),
  );
  return { metafile, files: new Map(files) };
}

/** What else is built. A file directly in src/webviews is a page, its parts live in folders below. */
async function bundles() {
  const pages = (await readdir(join(root, 'src/webviews')))
    .filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => `src/webviews/${name}`);
  return {
    webviews: {
      ...common,
      entryPoints: pages,
      outdir: 'dist/webviews',
      platform: 'browser',
      // One file for each: a webview fetches every file through the window and the editor's server, which takes longer than reading what pages share.
      format: 'esm',
      target: 'chrome130',
      loader: { '.ttf': 'file', '.svg': 'dataurl' },
    },
  };
}

async function main() {
  const startedAt = Date.now();
  const inputs = new Set();
  const metafiles = { programs: await buildPrograms(), extension: await buildExtension() };
  for (const [name, options] of Object.entries(await bundles())) metafiles[name] = (await build(options)).metafile;
  for (const [name, metafile] of Object.entries(metafiles)) {
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
    if (wantsMetafile) await writeText(`out/meta-${name}.json`, JSON.stringify(metafile));
  }
  await copyBeside('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
  await withIcons(join(root, 'dist/webviews/page.css'));
  for (const name of ['model-registry', 'model-registry.cmd'])
    await copyBeside(`src/cli/bin/${name}`, `dist/bin/${name}`);
  const example = join(root, 'examples/fraud-detector');
  for (const entry of await readdir(example, { withFileTypes: true, recursive: true })) {
    const name = relative(example, join(entry.parentPath, entry.name));
    if (entry.isFile() && !/(^|[\\/])(data|models|reports|params\.yaml|__pycache__)([\\/]|$)/.test(name))
      await copyBeside(join('examples/fraud-detector', name), join('dist/sample/project', name));
  }
  await copyBeside('examples/sample-runs.json', 'dist/sample/runs.json');
  await copyBeside('examples/sample-readme.md', 'dist/sample/README.md');
  await chmod(join(root, 'dist/bin/model-registry'), 0o755);
  await chmod(join(root, 'dist/cli.js'), 0o755);
  await writeText('dist/THIRD_PARTY_NOTICES.txt', await notices(inputs));
  await removeOlder(join(root, 'dist'), startedAt);
  await mkdir(join(root, 'out'), { recursive: true });
}

/**
 * The editor's icons, those alone whose names stand somewhere in our sources, with their font inside of the styles: a page is shown when all that it
 * asks for is there, and the whole font took as long as the script.
 */
async function icons() {
  const folder = join(root, 'node_modules/@vscode/codicons/dist');
  const styles = await readFile(join(folder, 'codicon.css'), 'utf8');
  const sources = await readdir(join(root, 'src'), { withFileTypes: true, recursive: true });
  const names = new Set();
  for (const entry of sources) {
    if (!entry.isFile() || !/\.(ts|css)$/.test(entry.name)) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    for (const [name] of text.matchAll(/[a-z][a-z0-9]*(-[a-z0-9]+)*/g)) names.add(name.replace(/^codicon-/, ''));
  }
  const characters = [];
  const used = styles.replace(
    /^\.codicon-([a-z0-9-]+):before \{ content: "\\([0-9a-f]+)" \}\n/gm,
    (rule, name, code) => {
      if (!names.has(name)) return '';
      characters.push(String.fromCodePoint(Number.parseInt(code, 16)));
      return rule;
    },
  );
  if (characters.length === 0) throw new Error('The styles of the icons are written in another way than before.');
  const font = await subsetFont(await readFile(join(folder, 'codicon.ttf')), characters.join(''), {
    targetFormat: 'woff2',
  });
  const source = `src: url("data:font/woff2;base64,${font.toString('base64')}") format("woff2");`;
  const { code } = await transform(used.replace(/src: url\([^)]*\) format\("truetype"\);/, source), {
    loader: 'css',
    minify: true,
    legalComments: 'none',
  });
  return code;
}

/** Puts the icons before the styles of a built file. */
export async function withIcons(file) {
  await writeFile(file, `${await icons()}${await readFile(file, 'utf8')}`);
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
  await mkdir(dirname(resolve(root, path)), { recursive: true });
  await writeFile(resolve(root, path), text);
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
