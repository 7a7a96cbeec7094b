import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { buildInto } from '../../cli/harness/build.ts';
import { pick, seededRandom } from '../../crashes/random.ts';
import { makePlace, type Place } from '../opened.ts';
import type { WorkerOptions } from './worker.ts';

// Every process takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** Of each kind: killed while they free space, and killed while they register. */
const KILLS = Number(process.env.MODEL_REGISTRY_SPACE_KILLS ?? 12);

let programs = '';
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'model-registry-programs-'));
  await buildInto(programs, { worker: join(import.meta.dirname, 'worker.ts') });
});
afterAll(() => rm(programs, { recursive: true, force: true }));

const lineSchema = v.variant('type', [
  v.object({ type: v.literal('began') }),
  v.object({ type: v.literal('registered'), id: v.string(), content: v.string() }),
  v.object({ type: v.literal('freed'), objects: v.number() }),
]);

function argumentsOf(place: Place, options: Partial<WorkerOptions> & Pick<WorkerOptions, 'name' | 'role' | 'times'>) {
  const places = { registryDir: place.registryDir, stateDir: join(place.dir, 'state'), workDir: place.dir };
  return [join(programs, 'worker.js'), JSON.stringify({ seed: 1, ...places, ...options })];
}

/** What a worker said until it ended. It is killed `killAfterMs` after it began its first piece of work, where that is given. */
async function run(args: readonly string[], killAfterMs?: number) {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const registered: { readonly id: string; readonly content: string }[] = [];
  let [freed, began] = [0, 0];
  let kill: Promise<void> | undefined;
  createInterface(child.stdout).on('line', (text) => {
    const line = v.parse(lineSchema, JSON.parse(text));
    if (line.type === 'registered') registered.push(line);
    if (line.type === 'freed') freed += line.objects;
    if (line.type !== 'began') return;
    began += 1;
    if (killAfterMs !== undefined) kill ??= delay(killAfterMs).then(() => void child.kill('SIGKILL'));
  });
  const [code, signal] = await closed;
  await kill;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`A worker ended with ${code ?? signal}: ${errors}`);
  return { registered, freed, began, wasKilled: signal === 'SIGKILL' };
}

/** Sound, and every version that was acknowledged is there: with its bytes, or known to have lost them to gc. */
async function checkAll(
  place: Place,
  registry: Registry,
  registered: readonly { readonly id: string; readonly content: string }[],
) {
  const { problems, voids } = await registry.verify({ artifacts: true });
  expect({ problems, voids }).toEqual({ problems: [], voids: [] });
  let withFiles = 0;
  for (const { id, content } of registered) {
    const version = await registry.show({ ref: id }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'VERSION_NOT_FOUND' });
    });
    if (!version) continue;
    expect(version.params.content).toBe(content);
    if (version.artifact.withdrawnAt !== undefined) continue;
    withFiles += 1;
    const { path } = await registry.path({ ref: id });
    expect(await readFile(path, 'utf8')).toBe(content);
  }
  for (const model of (await registry.listModels()).items) expect(model.latest?.artifact.withdrawnAt).toBeUndefined();
  expect(withFiles).toBeGreaterThan(0);
  expect(await marksIn(place)).toEqual([]);
}

async function marksIn(place: Place): Promise<readonly string[]> {
  const folders = ['intakes', 'removals'].map((name) => join(place.registryDir, name));
  return (await Promise.all(folders.map((folder) => readdir(folder)))).flat();
}

describe('processes that free space beside processes that register', () => {
  it('never take files that a version needs', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.setRetention({ candidateBudgetBytes: 0 });
    const ended = await Promise.all([
      run(argumentsOf(place, { name: 'a', role: 'register', times: 60, seed: 1 })),
      run(argumentsOf(place, { name: 'b', role: 'register', times: 60, seed: 2 })),
      run(argumentsOf(place, { name: 'c', role: 'free', times: 120, seed: 3 })),
      run(argumentsOf(place, { name: 'd', role: 'free', times: 120, seed: 4 })),
    ]);
    expect(ended.reduce((sum, { freed }) => sum + freed, 0)).toBeGreaterThan(3);
    await registry.gc();
    const registered = ended.flatMap((one) => one.registered);
    expect(registered).toHaveLength(120);
    await checkAll(place, registry, registered);
  });

  it('leave a sound registry wherever they are killed, and the next one finishes', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.setRetention({ candidateBudgetBytes: 0 });
    const random = seededRandom(20);
    const registered: { readonly id: string; readonly content: string }[] = [];
    let kills = 0;
    const killed = async (role: 'register' | 'free', count: number) => {
      const options = { name: `${role}-${count}`, role, times: 20, seed: random() * 2 ** 32 };
      const moment = pick(random, ['before', 'during', 'after']);
      // At a call to the file system, or from outside a while after it began.
      const isInside = random() < 0.7;
      const point = { operation: Math.floor(random() * 3), call: 1 + Math.floor(random() * 25), moment };
      const args = argumentsOf(place, isInside ? { ...options, killPoint: point } : options);
      const ended = await run(args, isInside ? undefined : random() ** 2 * 60);
      registered.push(...ended.registered);
      if (ended.wasKilled) kills += 1;
    };
    const line = async (role: 'register' | 'free') => {
      for (let count = 0; count < KILLS; count += 1) {
        await killed(role, count);
        // With the others still at work.
        const { problems, voids } = await registry.verify({ artifacts: true });
        expect({ problems, voids }).toEqual({ problems: [], voids: [] });
      }
    };
    await Promise.all([line('register'), line('free')]);
    expect(kills).toBeGreaterThan(KILLS);
    // One that has work is needed to take away the marks of the dead.
    const file = await place.write('last.bin', 'weights last');
    const { version } = await registry.register({ model: 'gone', paths: [file] });
    await registry.deleteModel({ model: version.model, reason: 'only to have something to free' });
    await registry.gc();
    expect((await registry.gc({ dryRun: true })).freed).toEqual({ objects: 0, bytes: 0 });
    await checkAll(place, registry, registered);
  });
});

describe('a process that frees space', () => {
  it('can be killed before any of its calls to the file system: nothing is damaged, and the next one finishes', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.setRetention({ candidateBudgetBytes: 0 });
    let points = 0;
    for (let isKilled = true; isKilled; points += isKilled ? 1 : 0) {
      for (const content of ['one', 'two', 'three']) {
        // Two files, so that an artifact can be removed in part.
        for (const name of ['a.bin', 'b.bin']) await place.write(`out/${name}`, `${name} ${content} ${points}`);
        await registry.register({ model: 'fraud', paths: [join(place.dir, 'out')] });
      }
      const [newest, ...old] = (await registry.listVersions({ model: 'fraud', limit: 3 })).items;
      for (const { id } of old) await registry.path({ ref: id });
      const killPoint = { operation: 0, call: points + 1, moment: 'before' } as const;
      const ended = await run(argumentsOf(place, { name: 'killed', role: 'free', times: 1, killPoint }));
      isKilled = ended.wasKilled;
      expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
      await registry.gc();
      expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
      for (const { id } of old) expect((await registry.show({ ref: id })).artifact.withdrawnAt).toBeDefined();
      await registry.path({ ref: newest?.id ?? '' });
      const left = [...(await place.files()).keys()].filter((key) => /^(objects|manifests)\//.test(key));
      expect(left).toHaveLength(3);
      expect(await readdir(join(place.registryDir, 'checkouts'))).toEqual([newest?.artifact.digest]);
    }
    expect(points).toBeGreaterThan(30);
  });
});

describe('who reads files while another process removes them', () => {
  /** Two versions, the older of several files, which may go. */
  async function old(place: Place): Promise<Registry> {
    const registry = await place.open();
    for (let count = 0; count < 8; count += 1) await place.write(`old/${count}.bin`, `weights ${count}`);
    await registry.register({ model: 'fraud', paths: [join(place.dir, 'old')] });
    await registry.register({ model: 'fraud', paths: [await place.write('new.bin', 'weights new')] });
    await registry.setRetention({ candidateBudgetBytes: 0 });
    return registry;
  }

  /** Frees space in another process, once, while the caller stands still. */
  function freeMeanwhile(place: Place) {
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      execFileSync(process.execPath, argumentsOf(place, { name: 'meanwhile', role: 'free', times: 1 }));
    };
  }

  it('hears that they were removed to free space, not that the registry is damaged', async () => {
    const place = await makePlace();
    const registry = await old(place);
    await mkdir(join(place.dir, 'pulled'));
    const to = join(place.dir, 'pulled', 'files');
    await expect(registry.pull({ ref: 'fraud@1', to }, { onProgress: freeMeanwhile(place) })).rejects.toMatchObject({
      code: 'ARTIFACT_WITHDRAWN',
    });
    expect(await readdir(join(place.dir, 'pulled'))).toEqual([]);
  });

  it('finds no damage when it verifies', async () => {
    const place = await makePlace();
    const registry = await old(place);
    const free = freeMeanwhile(place);
    const onProgress = ({ step }: { readonly step: string }) => {
      if (step === 'Checking') free();
    };
    expect((await registry.verify({ artifacts: true }, { onProgress })).problems).toEqual([]);
    expect((await registry.show({ ref: 'fraud@1' })).artifact.withdrawnAt).toBeDefined();
  });
});
