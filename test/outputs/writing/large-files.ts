import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import type { Writing } from './slow-writer.ts';
import { writeInProcess } from './written.ts';

/**
 * Writes a large file slowly, in the ways that hurt, beside `model-registry watch` in a process of its own, and prints how long after
 * its last byte the version was there. Ends with 1 where a file was registered twice, not whole, or later than five seconds.
 *
 *     npm run large-files -- --gigabytes 3 --folder /var/tmp
 */
const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '3' },
    folder: { type: 'string', default: tmpdir() },
    pauses: { type: 'string', default: '6' },
  },
});
const LATEST_MS = 5000;
const sizeBytes = Math.round(Number(values.gigabytes) * 1e9);
const cli = resolve(import.meta.dirname, '../../../dist/cli.js');

const ways: Readonly<Record<string, (folder: string) => Partial<Writing>>> = {
  'preallocated, with pauses, renamed into place': (folder) => ({
    isPreallocated: true,
    temporaryFile: join(folder, 'model.safetensors.part'),
  }),
  'preallocated, with pauses, in place': () => ({ isPreallocated: true }),
  'growing, with pauses, closed and resumed': () => ({ resumesAtBytes: sizeBytes / 2 }),
};

const versionsSchema = v.array(v.object({ id: v.string() }));
const showSchema = v.object({ artifact: v.object({ files: v.array(v.object({ sha256: v.string() })) }) });

async function measure(name: string, way: (folder: string) => Partial<Writing>): Promise<boolean> {
  const root = await mkdtemp(join(values.folder, 'model-registry-large-'));
  try {
    const models = join(root, 'models');
    await mkdir(models);
    await writeFile(join(root, 'model-registry.yaml'), 'models:\n  large:\n    outputs: [models/**]\n');
    await modelRegistry(root, 'init');
    const watch = spawn(process.execPath, [cli, '-C', root, 'watch'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: environmentOf(root),
    });
    const registeredAtMs = new Promise<number>((done) => {
      createInterface({ input: watch.stdout }).on('line', (line) => {
        if (line.includes('Registered')) done(Date.now());
      });
    });
    const written = await writeInProcess({
      file: join(models, 'model.safetensors'),
      sizeBytes,
      pauses: Number(values.pauses),
      pauseMs: 3000,
      isPreallocated: false,
      ...way(models),
    });
    const tookMs = (await registeredAtMs) - written.completeAtMs;
    // Another version would come within the time that outputs rest.
    await new Promise((done) => setTimeout(done, 5000));
    watch.kill('SIGINT');
    const versions = v.parse(versionsSchema, JSON.parse(await modelRegistry(root, '--json', 'list', 'large')));
    const { artifact } = v.parse(showSchema, JSON.parse(await modelRegistry(root, '--json', 'show', 'large@1')));
    const referenceMs = await copyAndHash(join(models, 'model.safetensors'), join(root, 'copy'));
    const isWhole = artifact.files.length === 1 && artifact.files[0]?.sha256 === written.sha256;
    const isGood = versions.length === 1 && isWhole && tookMs <= LATEST_MS;
    const verdict = `${versions.length} version${versions.length === 1 ? '' : 's'}, ${isWhole ? 'whole' : 'NOT WHOLE'}`;
    const reference = `copying it durably and hashing it take ${referenceMs} ms here`;
    console.log(`${name}: ${verdict}, ${tookMs} ms after it was complete (${reference})${isGood ? '' : '  FAILED'}`);
    return isGood;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** What no registry can do without: on a slow disk or a busy machine, that alone takes longer than five seconds. */
async function copyAndHash(file: string, copy: string): Promise<number> {
  const beganAt = performance.now();
  await copyFile(file, copy);
  const handle = await open(copy, 'r+');
  await handle.sync();
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return Math.round(performance.now() - beganAt);
}

function environmentOf(root: string): NodeJS.ProcessEnv {
  return { ...process.env, MODEL_REGISTRY_STATE_DIR: join(root, '.state') };
}

async function modelRegistry(root: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [cli, '-C', root, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environmentOf(root),
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`model-registry ${args.join(' ')} ended with ${String(code)}.`);
  return text;
}

let areGood = true;
for (const [name, way] of Object.entries(ways)) areGood = (await measure(name, way)) && areGood;
process.exitCode = areGood ? 0 : 1;
