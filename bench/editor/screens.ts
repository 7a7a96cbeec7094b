import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { openRegistry } from '../../src/registry/open.ts';
import { type Editor, openEditor } from '../../test/editor/harness/editor.ts';
import type { Workbench } from '../../test/editor/harness/workbench.ts';
import { makeRegistry } from '../make-registry.ts';
import type { GroupOptions, Results } from '../results.ts';
import { msText, type Times, timesOf } from '../timing.ts';
import { untilPage, untilRest, untilThere, watchScreen } from './watch-screen.ts';

const root = resolve(import.meta.dirname, '../..');
const ROUNDS = 20;
/** Windows, each of which takes ten seconds. */
const WINDOWS = 8;
/** Of each key. */
const TYPINGS = 6;
const COMPARED = 8;
const TYPED = 'auc>0.93';
/** Further down, rows are out of sight. */
const SEEN_ROWS = 10;
const SEEN_MODELS = 5;
const ROWS = '.part.sidebar .pane .monaco-list-rows';
const VERSION_ROWS = '.part.sidebar .monaco-list-row[aria-level="2"] .label-name';
const execFileDone = promisify(execFile);
const blockSchema = v.object({ at: v.number(), blockedMs: v.number(), workedMs: v.number() });
type Block = v.InferOutput<typeof blockSchema>;

interface Measured {
  /** As the editor begins, when all that it has begins too. */
  readonly activationMs: number;
  /** That of the editor's own extension for Git, at the same start. */
  readonly gitActivationMs: number;
  /** In windows that have come to rest. */
  readonly activation: Times;
  readonly emptyPage: Times;
  readonly expand: Times;
  readonly version: Times;
  readonly versionTab: Times;
  readonly comparison: Times;
  /** In a window without pages, the first keys included. */
  readonly keystroke: Times;
  /** While a comparison is open: whatever the editor draws, the browser draws a large table beside it. */
  readonly keyBeside: Times;
  readonly blocks: readonly Block[];
  /** Of a process that does nothing, in the same time. */
  readonly idleBlocks: readonly Block[];
}

/** How long a person waits for what they see, in the real editor with the packaged extension and a large registry. */
export async function benchmarkScreens({ sizes, runs, onProgress }: GroupOptions): Promise<Results> {
  const rounds = runs < 20 ? 2 : ROUNDS;
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
  const rows: string[][] = [];
  const facts: Record<string, number> = {};
  try {
    onProgress('packaging the extension');
    await execFileDone('npm', ['run', '--silent', 'package'], { cwd: root });
    for (const versions of sizes) {
      onProgress(`the editor, ${versions} versions`);
      const place = join(scratch, String(versions));
      const models = await prepare(place, versions);
      const found = await measure(place, models, rounds, onProgress);
      const of = `, ${versions.toLocaleString('en')} versions`;
      const row = (what: string, { p50, p95, max, count }: Times) =>
        rows.push([`${what}${of}`, msText(p50), msText(p95), msText(max), String(count)]);
      row('a model’s rows in the tree', found.expand);
      row('a webview with one heading, for comparison', found.emptyPage);
      row('page of a version, of one row after another', found.version);
      row('page of a version in a tab of its own', found.versionTab);
      row(`comparison of ${COMPARED}`, found.comparison);
      row('a key in the filter', found.keystroke);
      row('a key in the filter beside an open comparison', found.keyBeside);
      rows.push([
        `activation while the editor itself starts, as it tells it${of}`,
        msText(found.activationMs),
        '',
        '',
        '1',
      ]);
      rows.push([
        `the same of the editor’s own extension for Git, for comparison${of}`,
        msText(found.gitActivationMs),
        '',
        '',
        '1',
      ]);
      row('activation in a window at rest', found.activation);
      const longest = most(found.blocks.map(({ blockedMs }) => blockedMs));
      const work = most(found.blocks.map(({ workedMs }) => workedMs));
      const longestRow = (what: string, ms: number) => rows.push([`${what}${of}`, '', '', msText(ms), '']);
      longestRow('longest work of the extension host’s thread meanwhile, without a turn of its event loop', work);
      longestRow('longest time by the clock without one', longest);
      longestRow(
        'the same of a process that does nothing, for comparison',
        most(found.idleBlocks.map(({ blockedMs }) => blockedMs)),
      );
      const times = {
        ...{ expand: found.expand, 'version page': found.version, 'version tab': found.versionTab },
        ...{ 'comparison page': found.comparison, keystroke: found.keystroke, activation: found.activation },
      };
      for (const [name, { p50, p95 }] of Object.entries(times)) {
        facts[`${name}@${versions}`] = p95;
        facts[`${name}, median@${versions}`] = p50;
      }
      facts[`screens block@${versions}`] = longest;
      facts[`screens work@${versions}`] = work;
      await rm(place, { recursive: true, force: true });
    }
    return { tables: [tableOf(rows)], facts };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A workspace with a registry whose catalog is saved. */
async function prepare(place: string, versions: number): Promise<readonly string[]> {
  const dir = join(place, 'workspace/.model-registry');
  await mkdir(dir, { recursive: true });
  const { models } = makeRegistry({ dir, versions });
  const author = { name: 'Ann Lee', email: 'ann@example.org' };
  const registry = await openRegistry({ dir, author, via: 'cli', stateDir: join(place, 'state') });
  await registry.rebuild();
  await registry.close();
  return models;
}

/** Another extension, which says how long the host's event loop is blocked. */
async function packageProbe(place: string): Promise<string> {
  const vsix = join(place, 'probe.vsix');
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '-o', vsix];
  await execFileDone(join(root, 'node_modules/.bin/vsce'), args, { cwd: join(import.meta.dirname, 'probe') });
  return vsix;
}

async function measure(
  place: string,
  models: readonly string[],
  rounds: number,
  onProgress: (text: string) => void,
): Promise<Measured> {
  const blocksFile = join(place, 'blocks.jsonl');
  const idleFile = join(place, 'idle.jsonl');
  const editor = await openEditor({
    workspace: join(place, 'workspace'),
    environment: { MODEL_REGISTRY_BENCH_BLOCKS: blocksFile },
    alsoInstalled: [await packageProbe(place)],
    beforeWindow: watchScreen,
  });
  let idle: ChildProcess | undefined;
  try {
    const { workbench, page } = editor;
    await workbench.openContainer('Model Registry');
    await workbench.treeRow(models[0] ?? '', workbench.view('Models')).waitFor({ timeout: 60_000 });
    // What the editor does at its start isn't ours.
    await page.waitForTimeout(5000);
    const activationMs = await activationOf(workbench);
    const gitActivationMs = await activationOf(workbench, /^\s*Git\s*\d/);
    onProgress(`activation: ${activationMs} ms, of Git ${gitActivationMs} ms`);
    idle = spawn(process.execPath, [join(import.meta.dirname, 'probe/blocks.js'), idleFile], { stdio: 'ignore' });
    const startedAt = Date.now();
    const timed = async (name: string, task: Promise<readonly number[]>): Promise<Times> => {
      const taken = await task;
      onProgress(`${name}: ${taken.map(msText).join(', ')}`);
      return timesOf(taken);
    };
    const emptyPage = await timed('empty page', eachEmptyPage(editor, rounds));
    await workbench.runCommand('View: Close All Editors');
    const expand = await timed('rows', eachModel(editor, models, rounds));
    const typings = Math.min(rounds, TYPINGS);
    const keystroke = await timed('keys', eachKey(editor, typings));
    const version = await timed('page of a version', eachVersion(editor, models, rounds));
    const versionTab = await timed('page of a version in a tab of its own', eachVersionTab(editor, rounds));
    const comparison = await timed('comparison', eachComparison(editor, rounds));
    const keyBeside = await timed('keys beside a comparison', eachKey(editor, typings));
    const endedAt = Date.now();
    const meanwhile = ({ at }: Block) => at > startedAt && at < endedAt;
    const blocks = (await blocksIn(blocksFile)).filter(meanwhile);
    const idleBlocks = (await blocksIn(idleFile)).filter(meanwhile);
    onProgress(
      `blocks: ${blocks.map(({ blockedMs, workedMs }) => `${msText(blockedMs)} (${msText(workedMs)})`).join(', ')}`,
    );
    const activation = await timed('activation at rest', eachActivation(editor, place, Math.min(rounds, WINDOWS)));
    const starts = { activationMs, gitActivationMs, activation };
    const keys = { keystroke, keyBeside };
    return { ...starts, ...keys, emptyPage, expand, version, versionTab, comparison, blocks, idleBlocks };
  } finally {
    idle?.kill();
    await editor.close();
  }
}

async function eachEmptyPage({ workbench, page }: Editor, rounds: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const open = async () => workbench.runCommand('Probe: Empty Page');
    taken.push(await untilPage(page, new RegExp(`^Empty${round}$`), open));
    await page.waitForTimeout(500);
  }
  return taken;
}

/** Opens windows on folders without a registry, and there, after a while, the container with our views: that activates the extension. */
async function eachActivation(editor: Editor, place: string, rounds: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = join(place, `empty-${round}`);
    await mkdir(folder);
    const workbench = await editor.openWindow(folder);
    await workbench.page.waitForTimeout(6000);
    await workbench.openContainer('Model Registry');
    await workbench.page.waitForTimeout(1000);
    taken.push(await activationOf(workbench));
    await workbench.page.close();
  }
  return taken;
}

/** Opens the rows of models and closes them again. */
async function eachModel(
  { workbench, page }: Editor,
  models: readonly string[],
  rounds: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const model = models[round % SEEN_MODELS] ?? '';
    const twistie = workbench.treeRow(model, workbench.view('Models')).locator('.monaco-tl-twistie');
    taken.push(await untilThere(page, VERSION_ROWS, () => twistie.click()));
    await twistie.click();
    await page.waitForTimeout(300);
  }
  return taken;
}

/** Clicks one row after another, as who looks for a version does. The first page is the first of the window. */
async function eachVersion(
  { workbench, page }: Editor,
  models: readonly string[],
  rounds: number,
): Promise<readonly number[]> {
  const [model = ''] = models;
  await workbench.expand(workbench.treeRow(model, workbench.view('Models')));
  await workbench.runCommand('View: Close All Editors');
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.waitForTimeout(1000);
    taken.push(await openVersion(workbench, round));
  }
  return taken;
}

/** Each as the only tab, which is a new one. */
async function eachVersionTab({ workbench, page }: Editor, rounds: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await workbench.runCommand('View: Close All Editors');
    await page.waitForTimeout(1000);
    taken.push(await openVersion(workbench, round));
  }
  return taken;
}

async function openVersion(workbench: Workbench, round: number): Promise<number> {
  const row = workbench.treeRow(/^\s*Version \d+\s*$/, workbench.view('Models')).nth(round % SEEN_ROWS);
  const number = /\d+/.exec(await row.locator('.label-name').innerText())?.[0] ?? '';
  return untilPage(workbench.page, new RegExp(`@${number}\\D`), () => row.click());
}

/** Selects eight rows, others each time, and chooses Compare from their menu. */
async function eachComparison({ workbench, page }: Editor, rounds: number): Promise<readonly number[]> {
  const rows = workbench.treeRow(/^\s*Version \d+\s*$/, workbench.view('Models'));
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await workbench.runCommand('View: Close All Editors');
    await rows.nth(1 + (round % 3)).click();
    const last = rows.nth((round % 3) + COMPARED);
    await last.click({ modifiers: ['Shift'] });
    await page.waitForTimeout(1000);
    taken.push(await untilPage(page, /^Compare/, () => workbench.chooseFromMenu(last, 'Compare Versions')));
  }
  return taken;
}

/** Types the filter key by key. Keys that change no row aren't counted: what `auc>0` finds, `auc>0.` finds, too. */
async function eachKey({ workbench, page }: Editor, rounds: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await workbench.runCommand('Model Registry: Filter Models…');
    await page.getByPlaceholder('Name of a model').waitFor();
    for (const key of TYPED) {
      const ms = await untilRest(page, ROWS, () => page.keyboard.press(key));
      if (ms > 0) taken.push(ms);
    }
    await page.keyboard.press('Escape');
    await workbench.quickInputWidget.waitFor({ state: 'hidden' });
    await page.waitForTimeout(500);
  }
  if (taken.length < rounds * (TYPED.length - 1)) throw new Error('Keys in the filter changed no row.');
  return taken;
}

/** What the editor itself says of how long an activation took, the loading of the code included: ours unless another extension is named. */
async function activationOf(workbench: Workbench, extension: RegExp = /Model Registry/): Promise<number> {
  const { page } = workbench;
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = page.locator('.part.editor .monaco-list-row', { hasText: extension }).first();
  await row.waitFor();
  const ms = /Activation: (\d+)\s*ms/.exec(await row.innerText())?.[1];
  // It is in a box over everything else.
  await page.keyboard.press('Escape');
  await page.locator('.monaco-modal-editor-block').waitFor({ state: 'hidden' });
  if (ms === undefined) throw new Error('The editor tells no time of activation.');
  return Number(ms);
}

function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}

async function blocksIn(file: string): Promise<readonly Block[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(blockSchema, JSON.parse(line)));
}

function tableOf(rows: readonly (readonly string[])[]) {
  return {
    title: 'What a person waits for, in the real editor',
    note: 'From the press of a key or a button to the picture that shows what it did (of a key in the filter: to the last change of a row), in the packaged extension with a browser on the same machine. Pages are webviews, which the editor makes anew for each tab; the page of one row takes the place of that of the row before.',
    columns: ['', 'median', 'p95', 'slowest', 'times'],
    rows,
  };
}
