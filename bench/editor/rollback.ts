import { execFile, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, open, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { attachRemote } from '../../src/registry/shared/attach.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import { viewOfTarget } from '../../src/serving/target.ts';
import { type Editor, openEditor } from '../../test/editor/harness/editor.ts';
import { REASON } from '../../test/editor/harness/workbench.ts';
import { type Azurite, startAzurite } from '../../test/storage/azure/azurite.ts';
import type { GroupOptions, Results } from '../results.ts';
import { msText, timesOf } from '../timing.ts';

const root = resolve(import.meta.dirname, '../..');
const MB = 1_000_000;
const ROUNDS = 5;
const POLL_MS = 5;
const LONGEST_MS = 60_000;
const PLACE = 'deploy/fraud';
const author = { name: 'Ann Lee', email: 'ann@example.org' };
const execFileDone = promisify(execFile);

interface Round {
  /** From the choice of the command in the palette. */
  readonly allMs: number;
  /** From the moment in which the reason was given, when nothing waits for a person any more. */
  readonly restoredMs: number;
}

/** A rollback from the palette of the real editor until the files of the version are in the folder it is deployed to, verified. */
export async function benchmarkRollback({ runs, onProgress }: GroupOptions): Promise<Results> {
  const sizeMb = runs < 20 ? 5 : 500;
  const rounds = runs < 20 ? 1 : ROUNDS;
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
  const stateDir = join(scratch, 'state');
  process.env.MODEL_REGISTRY_STATE_DIR = stateDir;
  const rows: string[][] = [];
  const facts: Record<string, number> = {};
  const measured = (name: string, fact: string, taken: readonly Round[]) => {
    const all = timesOf(taken.map(({ allMs }) => allMs));
    const restored = timesOf(taken.map(({ restoredMs }) => restoredMs));
    rows.push([name, msText(restored.p50), msText(restored.max), msText(all.p50), msText(all.max)]);
    facts[fact] = all.max;
  };
  try {
    onProgress('packaging the extension');
    await execFileDone('npm', ['run', '--silent', 'package'], { cwd: root });
    onProgress(`the editor, a model of ${sizeMb} MB`);
    await inWorkspace({ place: join(scratch, 'local'), stateDir, sizeMb }, async (scene) => {
      measured('the version before is still beside the folder', 'rollback', await repeat(rounds, scene));
      measured('it isn’t, and is copied', 'rollback copied', await repeat(rounds, scene, forgetOthers));
      const gate = await startGate(scene.workspace);
      measured('while a gate runs for the same model', 'rollback beside a gate', await repeat(rounds, scene));
      await gate.end();
    });
    onProgress('the same with shared storage that doesn’t answer');
    const azurite = await startAzurite();
    try {
      await inWorkspace({ place: join(scratch, 'shared'), stateDir, sizeMb, azurite }, async (scene) => {
        await azurite.goAway();
        // The first of them finds out, the others know.
        measured('offline, in a shared registry', 'rollback offline', await repeat(rounds, scene));
      });
    } finally {
      await azurite.stop();
    }
    const [table] = [
      {
        title: `A rollback from the command palette, a model of ${sizeMb} MB`,
        note: `In the real editor, until the files of the version are in the folder that it is deployed to, read and verified: from the reason that was given, and from the choice of the command, with the picks and the typing of a program that waits for nothing. ${rounds} rollbacks each.`,
        columns: ['', 'from the reason, median', 'slowest', 'from the palette, median', 'slowest'],
        rows,
      },
    ];
    return { tables: [table], facts };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Scene {
  readonly workspace: string;
  readonly editor: Editor;
  /** The registry, in this process. */
  readonly registry: Registry;
}

async function inWorkspace(
  options: { readonly place: string; readonly stateDir: string; readonly sizeMb: number; readonly azurite?: Azurite },
  use: (scene: Scene) => Promise<void>,
): Promise<void> {
  const { place, stateDir, sizeMb, azurite } = options;
  const workspace = join(place, 'workspace');
  const dir = join(workspace, '.model-registry');
  await mkdir(join(workspace, 'files'), { recursive: true });
  await writeFile(
    join(workspace, 'model-registry.yaml'),
    `models:\n  fraud:\n    outputs: [models]\n    deploy: ${PLACE}\n    gates:\n      staging: [{command: [${JSON.stringify(process.execPath)}, -e, "console.log('runs'); setInterval(() => {}, 1000)"]}]\n`,
  );
  await initRegistry({ dir });
  const env = azurite ? { AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString } : {};
  const connect = remoteConnector({ clock: Date.now, env: { ...process.env, ...env } });
  if (azurite) {
    const url = await azurite.container();
    await attachRemote({ ...{ dir, url, author, connect, stateDir }, via: 'cli', clock: Date.now });
  }
  const registry = await openRegistry({ ...{ dir, author, connect, stateDir }, via: 'cli' });
  try {
    for (const number of [1, 2]) {
      const file = join(workspace, 'files/weights.bin');
      await writeRandom(file, sizeMb * MB);
      await registry.register({ model: 'fraud', paths: [file] });
      if (azurite) await registry.sync();
      await registry.promote({ ref: `fraud@${number}`, stage: 'production', reason: `version ${number}` });
    }
    const editor = await openEditor({ workspace, environment: { ...env, MODEL_REGISTRY_STATE_DIR: stateDir } });
    try {
      await editor.workbench.openContainer('Model Registry');
      await deployed({ workspace, registry }, 2);
      // Each was in production, and so in the folder, once before.
      for (const number of [1, 2]) {
        await registry.promote({ ref: `fraud@${number}`, stage: 'production', reason: 'once more' });
        await deployed({ workspace, registry }, number);
      }
      await use({ workspace, editor, registry });
    } finally {
      await editor.close();
    }
  } finally {
    await registry.close();
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function repeat(
  rounds: number,
  scene: Scene,
  before: (scene: Scene) => Promise<void> = async () => undefined,
): Promise<readonly Round[]> {
  const taken: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { registry, editor } = scene;
    // By another process: the editor deploys it all the same.
    if (round > 0 || (await numberThere(scene)) !== 2)
      await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'once more' });
    await deployed(scene, 2);
    await before(scene);
    await editor.workbench.clearNotifications();
    const startedAt = performance.now();
    await editor.workbench.runCommand('Model Registry: Roll Back…');
    await editor.workbench.quickPickLabels();
    await editor.workbench.quickInput.press('Enter');
    await editor.workbench.page.getByPlaceholder(REASON).waitFor();
    await editor.workbench.quickInput.fill('Twice as many complaints');
    const givenAt = performance.now();
    await editor.workbench.quickInput.press('Enter');
    await deployed(scene, 1);
    const endedAt = performance.now();
    taken.push({ allMs: endedAt - startedAt, restoredMs: endedAt - givenAt });
  }
  return taken;
}

/** Waits until the folder is at a version. */
async function deployed(scene: Pick<Scene, 'workspace' | 'registry'>, number: number): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  while ((await numberThere(scene)) !== number) {
    if (performance.now() > until) throw new Error(`Version ${number} isn't in ${PLACE}.`);
    await pause(POLL_MS);
  }
}

/** The version that the link leads to; it leads only to what was verified. */
async function numberThere({ workspace }: Pick<Scene, 'workspace'>): Promise<number | undefined> {
  const view = viewOfTarget(join(workspace, PLACE));
  const folder = await view.current();
  return folder === undefined ? undefined : (await view.settled(folder))?.number;
}

/** Removes the folders that the link doesn't lead to, as if the version had been in production long ago. */
async function forgetOthers({ workspace }: Scene): Promise<void> {
  const parent = join(workspace, PLACE, '..');
  const kept = await readlink(join(workspace, PLACE));
  for (const name of await readdir(parent)) {
    const isOther = name.startsWith('.') && name !== kept && (await lstat(join(parent, name))).isDirectory();
    if (isOther) await rm(join(parent, name), { recursive: true });
  }
}

/** A gate of the other version that runs until it is ended. */
async function startGate(workspace: string): Promise<{ end(): Promise<void> }> {
  const child = spawn(process.execPath, [join(root, 'dist/cli.js'), 'gates', 'fraud@2', 'staging', '--run'], {
    cwd: workspace,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  await new Promise<void>((done, fail) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('runs')) done();
    });
    ended.then(() => fail(new Error(`The gate ended: ${said}`)), fail);
  });
  return {
    async end() {
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function writeRandom(file: string, sizeBytes: number): Promise<void> {
  const handle = await open(file, 'w');
  try {
    const chunk = Buffer.alloc(5 * MB);
    for (let written = 0; written < sizeBytes; written += chunk.length) await handle.write(randomFillSync(chunk));
    // What isn't on the disk yet would have to get there before the rollback is.
    await handle.sync();
  } finally {
    await handle.close();
  }
}
