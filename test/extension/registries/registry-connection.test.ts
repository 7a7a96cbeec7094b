import { createHash } from 'node:crypto';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ConnectionOptions, RegistryConnection } from '../../../src/extension/registries/registry-connection.ts';
import { initRegistry, openRegistry } from '../../../src/registry/open.ts';
import type { RegistryThreadEvent } from '../../../src/workers/registry-messages.ts';
import { withoutPrivileges } from '../../nobody.ts';
import { onWindows } from '../../on-windows.ts';

const repository = resolve(import.meta.dirname, '../../..');
const author = { name: 'Ada Lovelace', email: 'ada@example.com' };
let built = '';
let workerFile = '';
const ending: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'model-registry-worker-'));
  // Also for other users.
  await chmod(built, 0o755);
  workerFile = join(built, 'worker.js');
  await build({
    absWorkingDir: repository,
    entryPoints: ['src/workers/main.ts'],
    outfile: workerFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    mainFields: ['module', 'main'],
    define: {
      'import.meta.url': '__moduleUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  await copyFile(join(repository, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(built, 'sql-wasm.wasm'));
});
afterAll(() => rm(built, { recursive: true, force: true }));
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function setUp(more: Partial<ConnectionOptions> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'model-registry-connection-'));
  ending.push(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  vi.stubEnv('MODEL_REGISTRY_STATE_DIR', join(root, 'state'));
  const dir = join(root, '.model-registry');
  const events: RegistryThreadEvent[] = [];
  const stops: string[] = [];
  const connection = new RegistryConnection({
    dir,
    root,
    workerFile,
    onEvent: (event) => events.push(event),
    onStopped: (error) => stops.push(error.code),
    ...more,
  });
  ending.push(() => connection.close());
  const model = join(root, 'model.bin');
  await writeFile(model, 'weights');
  return { root, dir, connection, events, stops, model };
}

describe('a registry in its own thread', () => {
  it('answers as if it were here, its errors included', async () => {
    const { connection, model, dir } = await setUp();
    await expect(connection.registry.listModels()).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
    await connection.make();
    const { version, isNew } = await connection.registry.register({
      model: 'churn',
      paths: [model],
      metrics: { f1: 0.7 },
    });
    expect([version.number, version.metrics, isNew]).toEqual([1, { f1: 0.7 }, true]);
    await expect(connection.registry.show({ ref: 'churn@9' })).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: expect.stringContaining('churn'),
    });
    expect((await connection.registry.verify({ artifacts: true })).problems).toEqual([]);
    expect(dir).toContain('.model-registry');
  });

  it('tells of what another process appended', async () => {
    const { connection, dir, events, root } = await setUp();
    await connection.make();
    await connection.registry.listModels();
    const other = await openRegistry({ dir, author, via: 'cli', stateDir: join(root, 'state') });
    ending.push(() => other.close());
    await other.createModel({ name: 'from-elsewhere' });
    await vi.waitFor(() => expect(events).toContainEqual({ kind: 'changed', head: 1 }), { timeout: 10_000 });
    const { items } = await connection.registry.listModels();
    expect(items.map(({ name }) => name)).toEqual(['from-elsewhere']);
  });

  it('has nothing of a registry that was removed, makes none in its place by itself, and has all of another one that came there', async () => {
    const { connection, dir, model, root, events } = await setUp();
    await writeFile(join(root, 'model-registry.yaml'), 'models:\n  churn:\n    outputs: [out/**]\n');
    await connection.make();
    await connection.registry.register({ model: 'churn', paths: [model] });
    await connection.watch(root);
    // Its thread may be saving the catalog meanwhile.
    await rm(dir, { recursive: true, maxRetries: 10, retryDelay: 50 });
    const names = () =>
      connection.registry.listModels().then(
        ({ items }) => items.map(({ name }) => name),
        ({ code }) => code,
      );
    expect(await names()).toBe('REGISTRY_GONE');
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'out/model.bin'), 'trained');
    const gone = { kind: 'problem', code: 'REGISTRY_GONE' };
    await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining(gone)), { timeout: 20_000 });
    await expect(connection.registerDeclared(root, 'churn')).rejects.toMatchObject({ code: 'REGISTRY_GONE' });
    expect(await readdir(root)).not.toContain('.model-registry');
    await connection.unwatch(root);
    await initRegistry({ dir });
    const other = await openRegistry({ dir, author, via: 'cli', stateDir: join(root, 'other-state') });
    await other.register({ model: 'fraud', paths: [model] });
    await other.close();
    await vi.waitFor(async () => expect(await names()).toEqual(['fraud']), { timeout: 10_000 });
    await rm(dir, { recursive: true, maxRetries: 10, retryDelay: 50 });
    await connection.make();
    expect(await names()).toEqual([]);
  });

  it('registers what the project file declares once it is there, and makes the registry for it', async () => {
    const { connection, root, events } = await setUp();
    await writeFile(join(root, 'model-registry.yaml'), 'models:\n  churn:\n    outputs: [out/**]\n');
    expect(await connection.watch(root)).toBe(true);
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'out/model.bin'), 'weights');
    await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('registered'), { timeout: 20_000 });
    const { items } = await connection.registry.listVersions({ model: 'churn' });
    expect(items.map(({ number, via }) => [number, via])).toEqual([[1, 'auto']]);
  });

  it('reads values and lineage there, too', async () => {
    const { connection, root } = await setUp();
    await writeFile(join(root, 'metrics.json'), '{"f1": 0.7, "loss": NaN}');
    await writeFile(join(root, 'params.yaml'), 'lr: 0.1\n');
    const values = await connection.readValues({
      metrics: [join(root, 'metrics.json')],
      params: [join(root, 'params.yaml')],
    });
    expect(values).toEqual({ metrics: { f1: 0.7, loss: 'NaN' }, params: { lr: '0.1' } });
    const { missing, machine } = await connection.lineage(root, 'fraud');
    expect(missing).toContainEqual({ what: 'code', why: 'the folder is in no git repository' });
    expect(machine).toMatchObject({ cpuCount: expect.any(Number) });
  });

  it('takes the environment that is chosen in the editor, as long as it is', async () => {
    let chosen: string | undefined;
    const { connection, root } = await setUp({ chosenInterpreter: () => chosen });
    const prefix = join(root, 'elsewhere');
    await mkdir(join(prefix, 'lib/python3.12/site-packages/chosen-1.dist-info'), { recursive: true });
    await writeFile(join(prefix, 'pyvenv.cfg'), 'version = 3.12.4\n');
    await writeFile(
      join(prefix, 'lib/python3.12/site-packages/chosen-1.dist-info/METADATA'),
      'Name: chosen\nVersion: 1\n',
    );
    expect((await connection.lineage(root, 'fraud')).environment).toBeUndefined();
    chosen = prefix;
    expect((await connection.lineage(root, 'fraud')).environment).toEqual({
      python: '3.12.4',
      foundBy: 'editor',
      packages: [{ name: 'chosen', version: '1' }],
    });
  });

  it('can be cancelled', async () => {
    const { connection, model } = await setUp();
    await connection.make();
    const controller = new AbortController();
    controller.abort();
    const attempt = connection.registry.register({ model: 'churn', paths: [model] }, { signal: controller.signal });
    await expect(attempt).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect((await connection.registry.listModels()).items).toEqual([]);
  });

  it('evaluates gates there, runs their commands in the folder that declares them, and promotes through them', async () => {
    const { connection, root, model } = await setUp();
    await connection.make();
    await connection.registry.register({ model: 'churn', paths: [model], metrics: { f1: 0.7 } });
    const other = join(root, 'other');
    await mkdir(other);
    const gates = '[{metric: f1, min: 0.6}, {command: [node, check.cjs]}]';
    const declared = `models:\n  churn:\n    outputs: [out/**]\n    gates: {production: ${gates}}\n`;
    await writeFile(join(other, 'model-registry.yaml'), declared);
    await writeFile(join(other, 'check.cjs'), "console.log(require('node:path').basename(process.cwd()));");
    const about = { ref: 'churn@1', stage: 'production', roots: [root, other] };
    const request = { ref: 'churn@1', stage: 'production', reason: 'Better' };

    const before = await connection.stageGates(about);
    expect(before.results.map(({ outcome }) => outcome)).toEqual(['passed', 'not-evaluated']);
    expect(before.commands).toEqual(['command: node check.cjs']);
    expect((await connection.stageGates({ ...about, roots: [root] })).results).toEqual([]);
    await expect(connection.promoteThroughGates({ roots: about.roots, request })).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });

    const printed: string[] = [];
    const report = await connection.runGates(about, (activity) => {
      if (activity.kind === 'line') printed.push(activity.text);
    });
    expect(printed).toEqual(['other']);
    expect(report.results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
    const { version } = await connection.promoteThroughGates({ roots: about.roots, request });
    expect(version.stage).toBe('production');
  });

  it('ends the commands of gates that are cancelled, and records nothing of them', async () => {
    const { connection, root, model } = await setUp();
    await connection.make();
    await connection.registry.register({ model: 'churn', paths: [model] });
    const command = `[node, -e, "setInterval(() => console.log('on'), 20)"]`;
    const gates = `{production: [{command: ${command}}]}`;
    await writeFile(join(root, 'model-registry.yaml'), `models: {churn: {outputs: [out/**], gates: ${gates}}}\n`);
    const controller = new AbortController();
    const about = { ref: 'churn@1', stage: 'production', roots: [root] };
    const running = connection.runGates(
      about,
      ({ kind }) => {
        if (kind === 'line') controller.abort();
      },
      { signal: controller.signal },
    );
    await expect(running).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect((await connection.stageGates(about)).standing.results).toEqual([]);
  });

  it('is closed for good when its folder leaves the window', async () => {
    const { connection, dir, stops } = await setUp();
    await initRegistry({ dir });
    await connection.registry.listModels();
    await connection.close();
    await expect(connection.registry.listModels()).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
    expect(stops).toEqual([]);
  });
});

/** Every file below a folder with its bytes. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(paths.sort().map(async (path) => [path, await readFile(path, 'latin1')] as const)));
}

describe('two windows on one folder', () => {
  it('see each other’s promotions, and register an output once', async () => {
    const { connection, root, dir, events } = await setUp();
    const others: RegistryThreadEvent[] = [];
    const other = new RegistryConnection({
      ...{ dir, root, workerFile, onStopped: () => undefined },
      onEvent: (event) => others.push(event),
    });
    ending.push(() => other.close());
    await writeFile(join(root, 'model-registry.yaml'), 'models:\n  churn:\n    outputs: [out/**]\n');
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'out/model.bin'), 'weights');
    await connection.make();
    const windows = [connection, other];
    const registered = await Promise.all(windows.map((window) => window.registerDeclared(root, 'churn')));
    expect(registered.map(({ version }) => version.number)).toEqual([1, 1]);
    const request = { ref: 'churn@1', stage: 'production', reason: 'Better' };
    const asked = await Promise.allSettled(windows.map(({ registry }) => registry.promote(request)));
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const logs = await Promise.all(windows.map(({ registry }) => registry.log({ limit: 100 })));
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[0]?.items.filter(({ kind }) => kind === 'stage')).toHaveLength(1);
    const { items } = await connection.registry.listVersions({ model: 'churn' });
    expect(items).toMatchObject([{ number: 1, stage: 'production' }]);
    const head = logs[0]?.items[0]?.seq ?? 0;
    const both = () => {
      for (const seen of [events, others]) expect(seen).toContainEqual({ kind: 'changed', head });
    };
    await vi.waitFor(both, { timeout: 20_000 });
  });
});

describe('a registry of a newer version', () => {
  it('is neither read nor written to where its format is newer, and the message says so', async () => {
    const { connection, dir, model } = await setUp();
    await connection.make();
    await connection.close();
    const file = join(dir, 'format.json');
    const format = JSON.parse(await readFile(file, 'utf8'));
    await rm(file);
    await writeFile(file, JSON.stringify({ ...format, format: 2 }));
    const newer = await reopened(dir);
    const before = await filesIn(dir);
    const needs = { code: 'FORMAT_NEWER', message: expect.stringMatching(/needs format 2, .* Update Model Registry/) };
    await expect(newer.registry.listModels()).rejects.toMatchObject(needs);
    await expect(newer.registry.register({ model: 'churn', paths: [model] })).rejects.toMatchObject(needs);
    await expect(newer.make()).rejects.toMatchObject(needs);
    expect(await filesIn(dir)).toEqual(before);
  });

  it('is read, and not written to, where something in its log needs more than is known here', async () => {
    const { connection, dir, model } = await setUp();
    await connection.make();
    await connection.registry.register({ model: 'churn', paths: [model] });
    const first = await readFile(join(dir, 'log/00000000000000000001.jsonl'));
    const [envelope = '', intent = ''] = first.toString('utf8').split('\n');
    const prev = createHash('sha256').update(first).digest('hex');
    const wanted = { ...JSON.parse(intent), id: '01JZZZZZZZZZZZZZZZZZZZZZZZ', requires: ['quorum'] };
    await writeFile(
      join(dir, 'log/00000000000000000002.jsonl'),
      `${JSON.stringify({ ...JSON.parse(envelope), seq: 2, prev })}\n${JSON.stringify(wanted)}\n`,
    );
    const request = { ref: 'churn@1', stage: 'production', reason: 'Better' };
    await expect(connection.registry.promote(request)).rejects.toMatchObject({
      code: 'FORMAT_NEWER',
      message: expect.stringMatching(/uses quorum, .* read-only here\. Update Model Registry/),
    });
    expect((await connection.registry.listVersions({ model: 'churn' })).items).toMatchObject([{ stage: 'candidate' }]);
    expect(await readdir(join(dir, 'log'))).toHaveLength(2);
  });
});

describe.skipIf(onWindows('its file system has no such permissions'))('a registry that can only be read', () => {
  it('is shown, and says of every change why it can’t be made', async () => {
    const { connection, root, dir, model } = await setUp();
    await connection.make();
    await connection.registry.register({ model: 'churn', paths: [model], metrics: { f1: 0.7 } });
    await connection.close();
    await setWritable(root, false);
    ending.push(() => setWritable(root, true));
    const before = await filesIn(dir);
    if (withoutPrivileges !== undefined) {
      process.seteuid?.(withoutPrivileges);
      ending.push(async () => process.seteuid?.(0));
    }
    const readOnly = await reopened(dir);
    const { items } = await readOnly.registry.listVersions({ model: 'churn' });
    expect(items).toMatchObject([{ number: 1, metrics: { f1: 0.7 } }]);
    expect(await readOnly.registry.production()).toEqual([]);
    const refused = {
      code: 'STORAGE_READONLY',
      message: expect.stringMatching(/can't be written: E\w+\. Check the permissions/),
    };
    const request = { ref: 'churn@1', stage: 'production', reason: 'Better' };
    await expect(readOnly.registry.promote(request)).rejects.toMatchObject(refused);
    await expect(readOnly.registry.note({ ref: 'churn@1', text: 'Seen' })).rejects.toMatchObject(refused);
    await expect(readOnly.registry.register({ model: 'churn', paths: [model] })).rejects.toMatchObject(refused);
    await readOnly.close();
    expect(await filesIn(dir)).toEqual(before);
  });

  async function setWritable(root: string, isWritable: boolean): Promise<void> {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const folders = entries
      .filter((entry) => entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name));
    for (const folder of [root, ...folders]) {
      await chmod(folder, isWritable ? 0o755 : 0o555);
      if (withoutPrivileges !== undefined) await chown(folder, withoutPrivileges, withoutPrivileges);
    }
  }
});

/** Another connection to a registry, as after the window was loaded anew. */
async function reopened(dir: string): Promise<RegistryConnection> {
  const connection = new RegistryConnection({
    ...{ dir, root: join(dir, '..'), workerFile },
    onEvent: () => undefined,
    onStopped: () => undefined,
  });
  ending.push(() => connection.close());
  return connection;
}
