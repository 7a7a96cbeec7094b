// `npm run demo`: two versions of a model, a promotion that turns out to be wrong, and the way back, with the command line alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyExample } from './copy-example.mjs';

const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'dist/cli.js');
const MODEL = 'fraud-detector';
const isColourful = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

if (await isStale()) run('node', process.execPath, [join(root, 'esbuild.mjs')], root, { isQuiet: true });

const dir = await mkdtemp(join(tmpdir(), 'model-registry-demo-'));
const workspace = join(dir, MODEL);
try {
  await tellTheStory();
} finally {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function tellTheStory() {
  await copyExample(workspace);
  const files = [
    'models/fraud',
    '--metrics',
    'reports/metrics.json',
    '--params',
    'params.yaml',
    '--data',
    'data/train.csv',
  ];
  const register = ['register', MODEL, ...files];

  heading('A project in git gets a registry');
  registry('init');

  heading('A first configuration is trained, registered and put into production');
  train('configs/baseline.json');
  registry(...register, '--description', 'Baseline: five features');
  registry('promote', `${MODEL}@1`, 'production', '--reason', 'First model for the launch');

  heading('A second configuration looks better and replaces it');
  train('configs/balanced.json');
  registry(...register, '--description', 'Two more features, fraud weighs four times');
  registry('promote', `${MODEL}@2`, 'production', '--reason', 'Better on the test set');
  registry('compare', `${MODEL}@1`, `${MODEL}@2`);

  heading('It blocks good customers. Back to what was there before');
  registry('rollback', MODEL, '--reason', 'Twice as many complaints since this morning');
  registry('pull', `${MODEL}@production`, '--to', 'restored');
  await compareBytes();

  heading('Who did what, when and why');
  registry('log', MODEL);
}

/** Reads the restored files anew and compares their digests with those that version 1 was registered with. */
async function compareBytes() {
  const shown = run('model-registry', process.execPath, [cli, '--json', 'show', `${MODEL}@1`], workspace, {
    isQuiet: true,
  });
  const { artifact } = JSON.parse(shown);
  for (const file of artifact.files) {
    const bytes = await readFile(join(workspace, 'restored', file.path));
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== file.sha256)
      throw new Error(`restored/${file.path} has the digest ${digest}, version 1 had ${file.sha256}.`);
    console.log(`  restored/${file.path}  ${digest.slice(0, 16)}…  the same bytes as in version 1`);
  }
}

function registry(...args) {
  run('model-registry', process.execPath, [cli, ...args], workspace, { shown: ['model-registry', ...args] });
}

function train(config) {
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (python === undefined) throw new Error('The example trains with Python 3, and there is none on the PATH.');
  run(python, python, ['train.py', '--config', config], workspace, { shown: [python, 'train.py', '--config', config] });
}

/** Runs a command to its end, prints it with its output, and returns the output. */
function run(name, command, args, cwd, { shown, isQuiet = false }) {
  if (!isQuiet) console.log(bold(`$ ${shown.map((word) => (/[\s"]/.test(word) ? `"${word}"` : word)).join(' ')}`));
  const environment = isColourful ? { ...process.env, FORCE_COLOR: '1' } : process.env;
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env: environment, maxBuffer: 64 << 20 });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0)
    throw new Error(`${name} ${args.join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  if (!isQuiet) console.log(`${(done.stdout + done.stderr).trimEnd().replace(/^/gm, '  ')}\n`);
  return done.stdout;
}

function heading(text) {
  console.log(bold(`\n${text}\n${'─'.repeat(text.length)}\n`));
}

function bold(text) {
  return isColourful ? `\u001b[1m${text}\u001b[22m` : text;
}

async function isStale() {
  if (!existsSync(cli)) return true;
  const built = (await stat(cli)).mtimeMs;
  const sources = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...files, join(root, 'esbuild.mjs'), join(root, 'package-lock.json')]) {
    if ((await stat(file)).mtimeMs > built) return true;
  }
  return false;
}
