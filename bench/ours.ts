import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { modelCountFor, modelName } from './content.ts';
import { makeRegistry } from './make-registry.ts';
import type { Facts, GroupOptions, Results, Table } from './results.ts';
import { msText, type Times, timeEach, timesOf, timesSchema } from './timing.ts';

const execFileDone = promisify(execFile);
/** As it is shipped: `npm run bench` builds it. */
const DIST = join(import.meta.dirname, '../dist');
const STEP_TIMEOUT_MS = 30 * 60_000;

const rebuildSchema = v.object({ firstMs: v.number(), againMs: v.number(), peakMb: v.number() });
const openSchema = v.object({ openMs: v.number(), rssMb: v.number() });
const askSchema = v.object({
  times: v.record(v.string(), timesSchema),
  firsts: v.record(v.string(), v.number()),
  rssMb: v.number(),
  peakMb: v.number(),
});
const changeSchema = v.object({
  promote: timesSchema,
  rollback: timesSchema,
  search: timesSchema,
  register: timesSchema,
  put: timesSchema,
  rssMb: v.number(),
  peakMb: v.number(),
});

/** Everything about one size. */
interface Measured {
  readonly versions: number;
  readonly commits: number;
  readonly makeMs: number;
  readonly rebuild: v.InferOutput<typeof rebuildSchema>;
  readonly open: Times;
  readonly openRssMb: number;
  readonly ask: v.InferOutput<typeof askSchema>;
  readonly change: v.InferOutput<typeof changeSchema>;
  readonly cliPromote: Times;
  readonly cliList: Times;
}

/** Our registry at several sizes. */
export async function benchmarkOurs(options: GroupOptions): Promise<Results> {
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
  try {
    const measured: Measured[] = [];
    for (const versions of options.sizes) {
      measured.push(await measure(versions, scratch, options));
      await rm(join(scratch, 'registry'), { recursive: true, force: true });
    }
    const nodeStart = await timeEach(options.runs < 20 ? 2 : 20, () => execFileDone(process.execPath, ['-e', '0']));
    return { tables: tablesOf(measured, nodeStart), facts: factsOf(measured) };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(versions: number, scratch: string, { runs, onProgress }: GroupOptions): Promise<Measured> {
  const dir = join(scratch, 'registry');
  await mkdir(dir);
  onProgress(`ours, ${versions} versions: making the registry`);
  const startedAt = performance.now();
  const { commits } = makeRegistry({ dir, versions });
  const makeMs = performance.now() - startedAt;
  const request = JSON.stringify({ dir, versions, workerFile: join(DIST, 'worker.js'), scratch, runs });
  const step = async (name: string): Promise<unknown> => {
    onProgress(`ours, ${versions} versions: ${name}`);
    const script = join(import.meta.dirname, 'measure-registry.ts');
    const { stdout } = await execFileDone(
      process.execPath,
      ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, name, request],
      { timeout: STEP_TIMEOUT_MS },
    );
    return JSON.parse(stdout);
  };
  const rebuild = v.parse(rebuildSchema, await step('rebuild'));
  const opens: v.InferOutput<typeof openSchema>[] = [];
  for (let index = 0; index < (runs < 20 ? 1 : 7); index += 1) opens.push(v.parse(openSchema, await step('openSaved')));
  const ask = v.parse(askSchema, await step('ask'));
  const change = v.parse(changeSchema, await step('change'));
  onProgress(`ours, ${versions} versions: the command line`);
  return {
    versions,
    commits,
    makeMs,
    rebuild,
    open: timesOf(opens.map(({ openMs }) => openMs)),
    openRssMb: Math.max(...opens.map(({ rssMb }) => rssMb)),
    ask,
    change,
    ...(await commandLine(dir, versions, scratch, runs < 20 ? 2 : 20)),
  };
}

/** Whole processes, from the shell's point of view. */
async function commandLine(dir: string, versions: number, scratch: string, runs: number) {
  const run = (args: readonly string[]) =>
    execFileDone(process.execPath, [join(DIST, 'cli.js'), '--registry', dir, '--json', ...args], {
      cwd: scratch,
      env: { ...process.env, MODEL_REGISTRY_STATE_DIR: join(scratch, 'state') },
      maxBuffer: 64 * 1024 * 1024,
    });
  const newest = Math.floor(versions / modelCountFor(versions));
  // Two versions take turns, so that every promotion displaces one. Older ones may have any stage, so the first promotion isn't timed.
  const promote = (index: number) =>
    run(['promote', `${modelName(1)}@${newest - (index % 2)}`, 'production', '--reason', `try ${index}`]);
  const cliPromote = await timeEach(runs, promote, 2);
  const cliList = await timeEach(runs, () => run(['list', modelName(1)]), 1);
  return { cliPromote, cliList };
}

const REFERENCE_SIZE = 1000;

function tablesOf(measured: readonly Measured[], nodeStart: Times): readonly Table[] {
  const sizes = measured.map(({ versions }) => versions.toLocaleString('en'));
  const reference = measured.find(({ versions }) => versions === REFERENCE_SIZE);
  const largest = measured.at(-1);
  const growth = (of: (one: Measured) => number | undefined): string => {
    const [from, to] = [reference && of(reference), largest && of(largest)];
    return from === undefined || to === undefined || reference === largest ? '' : (to / from).toFixed(1);
  };
  const msRow = (name: string, of: (one: Measured) => number | undefined) => [
    name,
    ...measured.map((one) => msText(of(one))),
    growth(of),
  ];
  const columns = ['', ...sizes, 'growth'];
  const kinds = Object.keys(measured[0]?.ask.times ?? {});
  return [
    {
      title: 'In a running process, p95',
      note: 'Milliseconds that one call takes. Promote, rollback and register end with an fsync of what they wrote.',
      columns,
      rows: [
        msRow('promote', ({ change }) => change.promote.p95),
        msRow('rollback', ({ change }) => change.rollback.p95),
        msRow('register a model of 4 KiB', ({ change }) => change.register.p95),
        ...kinds.map((kind) => msRow(kind, ({ ask }) => ask.times[kind]?.p95)),
        msRow('for comparison: the durable write of 900 bytes', ({ change }) => change.put.p95),
        msRow('search right after a change', ({ change }) => change.search.p95),
      ],
    },
    {
      title: 'In a running process, median and slowest',
      note: 'The slowest call shows what p95 hides, such as saving the catalog.',
      columns: ['', ...sizes],
      rows: [
        medianRow('promote', measured, ({ change }) => change.promote),
        medianRow('rollback', measured, ({ change }) => change.rollback),
        medianRow('register a model of 4 KiB', measured, ({ change }) => change.register),
        medianRow('for comparison: the durable write of 900 bytes', measured, ({ change }) => change.put),
        ...kinds.map((kind) => medianRow(kind, measured, ({ ask }) => ask.times[kind])),
      ],
    },
    {
      title: 'Opening, rebuilding, memory, whole processes',
      note: `A process of Node that does nothing takes ${msText(nodeStart.p50)} here.`,
      columns,
      rows: [
        msRow('open from the saved catalog and show a page, median', ({ open }) => open.p50),
        msRow('the same, slowest', ({ open }) => open.max),
        msRow('rebuild from single commits', ({ rebuild }) => rebuild.firstMs),
        msRow('rebuild from segments', ({ rebuild }) => rebuild.againMs),
        msRow('command line: promote, median', ({ cliPromote }) => cliPromote.p50),
        msRow('command line: list a model, median', ({ cliList }) => cliList.p50),
        mbRow('memory after opening', measured, ({ openRssMb }) => openRssMb),
        mbRow('memory after changes and a save', measured, ({ change }) => change.rssMb),
        mbRow('the most it was meanwhile', measured, ({ change }) => change.peakMb),
        mbRow('the most it was while rebuilding', measured, ({ rebuild }) => rebuild.peakMb),
        ['commits in the log', ...measured.map(({ commits }) => commits.toLocaleString('en')), ''],
      ],
    },
  ];
}

function medianRow(name: string, measured: readonly Measured[], of: (one: Measured) => Times | undefined) {
  return [name, ...measured.map((one) => `${msText(of(one)?.p50)} (${msText(of(one)?.max)})`)];
}

function mbRow(name: string, measured: readonly Measured[], of: (one: Measured) => number) {
  return [name, ...measured.map((one) => `${of(one).toFixed(0)} MB`), ''];
}

/** Named `what@versions`; milliseconds or megabytes. */
function factsOf(measured: readonly Measured[]): Facts {
  const facts: Record<string, number> = {};
  for (const { versions, ask, change, rebuild, open, openRssMb, cliPromote } of measured) {
    for (const [kind, times] of Object.entries(ask.times)) facts[`${kind}@${versions}`] = times.p95;
    facts[`promote@${versions}`] = change.promote.p95;
    facts[`rollback@${versions}`] = change.rollback.p95;
    facts[`register@${versions}`] = change.register.p50;
    facts[`open@${versions}`] = open.p50;
    facts[`rebuild@${versions}`] = Math.max(rebuild.firstMs, rebuild.againMs);
    facts[`memory@${versions}`] = Math.max(openRssMb, ask.rssMb, change.rssMb);
    facts[`cli promote@${versions}`] = cliPromote.p50;
  }
  return facts;
}
