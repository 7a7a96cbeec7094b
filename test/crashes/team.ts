import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { attachRemote } from '../../src/registry/shared/attach.ts';
import { remoteConnector } from '../../src/registry/shared/connect.ts';
import { parseLine } from './lines.ts';
import { seededRandom } from './random.ts';

export interface TeamRun {
  /** An empty folder. */
  readonly root: string;
  readonly workerFile: string;
  readonly url: string;
  readonly connectionString: string;
  readonly clients: number;
  /** Asked of each. */
  readonly operations: number;
  readonly seed: number;
}

export interface TeamReport {
  readonly seconds: number;
  readonly commits: number;
  readonly acknowledged: number;
  /** What the rules answered at once. */
  readonly refusedAtOnce: number;
  /** What the shared log didn't take afterwards, each shown to its author. */
  readonly cards: number;
  readonly kills: number;
}

const CHANGES = new Set(['register', 'note', 'promote', 'rollback']);
/** What the rules may answer when others are at work too. Anything else is a fault. */
const REFUSALS = new Set([
  'CONFLICT',
  'STAGE_UNCHANGED',
  'STAGE_HELD',
  'NOTHING_TO_ROLL_BACK',
  'FILES_NOT_SHARED',
  'NOT_PUBLISHED',
  'ARTIFACT_NOT_PUBLISHED',
  'OBJECT_MISSING',
  'ROLLBACK_TARGET',
]);

/**
 * Lets people on machines of their own change one shared registry, each killed and started again at random. Throws unless the log is one chain
 * that all of them read alike, and everything that was acknowledged is in it once or with its author.
 */
export async function runTeam(run: TeamRun): Promise<TeamReport> {
  const { root, url, clients } = run;
  const env = { ...process.env, AZURE_STORAGE_CONNECTION_STRING: run.connectionString };
  const connect = remoteConnector({ clock: Date.now, env });
  const machines = Array.from({ length: clients }, (_, index) => {
    const home = join(root, `m${index}`);
    return {
      name: `c${index}`,
      dir: join(home, 'registry'),
      stateDir: join(home, 'state'),
      workDir: join(home, 'work'),
    };
  });
  for (const { name, dir, stateDir, workDir } of machines) {
    await mkdir(workDir, { recursive: true });
    await initRegistry({ dir });
    await attachRemote({ dir, stateDir, url, author: { name, email: '' }, via: 'cli', connect, clock: Date.now });
  }
  const begin = performance.now();
  // A fault of one ends all.
  const stop = new AbortController();
  const done = await Promise.all(
    machines.map((machine, index) =>
      live({ ...run, env, signal: stop.signal }, machine, run.seed * 1000 + index).catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  const seconds = (performance.now() - begin) / 1000;

  const open = ({ dir, stateDir, name }: (typeof machines)[number]) =>
    openRegistry({ dir, stateDir, author: { name, email: '' }, via: 'cli', connect });
  const registries = await Promise.all(machines.map(open));
  try {
    for (const registry of [...registries, ...registries]) {
      const { waiting } = await registry.sync();
      if (waiting.length > 0) throw new Error(`${JSON.stringify(waiting)} can't be shared`);
    }
    const views = await Promise.all(registries.map(viewOf));
    for (const view of views)
      if (view.text !== views[0]?.text) throw new Error('Two machines see different registries');
    const [first] = registries;
    const { problems, head } = (await first?.verify()) ?? { problems: ['none'], head: { seq: 0 } };
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const tokens = countTokens(views[0]?.log ?? '');
    let cards = 0;
    for (const [index, registry] of registries.entries()) {
      const refused = JSON.stringify((await registry.refused()).map(({ events }) => events));
      for (const token of done[index]?.acknowledged ?? []) {
        const inLog = tokens.get(token) ?? 0;
        const isCard = refused.includes(`"${token}"`);
        if (isCard) cards += 1;
        if (inLog + (isCard ? 1 : 0) !== 1)
          throw new Error(`${token} is ${inLog} times in the log${isCard ? ', and refused' : ''}`);
      }
    }
    return {
      seconds,
      commits: head.seq,
      acknowledged: done.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
      refusedAtOnce: done.reduce((sum, { refused }) => sum + refused, 0),
      cards,
      kills: done.reduce((sum, { kills }) => sum + kills, 0),
    };
  } finally {
    for (const registry of registries) await registry.close();
  }
}

/** One machine until all that it was to ask is asked, by one process after the other. */
async function live(
  run: TeamRun & { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
  machine: { readonly name: string; readonly dir: string; readonly stateDir: string; readonly workDir: string },
  seed: number,
) {
  const random = seededRandom(seed);
  const acknowledged: string[] = [];
  let refused = 0;
  let kills = 0;
  for (let first = 0; first < run.operations && !run.signal.aborted; ) {
    const options = { ...machine, first, count: run.operations, seed: seed * 100 + kills };
    const child = spawn(process.execPath, [run.workerFile, JSON.stringify(options)], {
      env: run.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const before = first;
    // Some die while they are starting, some in the middle, some never. Starting takes long on a busy machine.
    const fate = random();
    let timer = fate < 0.15 ? setTimeout(() => child.kill('SIGKILL'), 100 + random() * 1500) : undefined;
    for await (const text of createInterface(child.stdout)) {
      const line = parseLine(text);
      if (fate < 0.85) timer ??= setTimeout(() => child.kill('SIGKILL'), random() * 8000);
      if (line.type === 'failed') throw new Error(`${machine.name}: ${line.message}`);
      if (line.type === 'began') first = Number(line.token.split('-')[1]) + 1;
      if (line.type === 'done' && CHANGES.has(line.kind)) acknowledged.push(line.token);
      if (line.type !== 'refused') continue;
      refused += 1;
      if (!REFUSALS.has(line.code)) throw new Error(`${line.token}: ${line.code}: ${line.message}`);
    }
    clearTimeout(timer);
    if (child.signalCode !== null || first < run.operations) kills += 1;
    // Half-written last lines are of nobody: what was asked last may be in the log or not.
    if (first === before && kills > 1000) throw new Error(`${machine.name} never gets anywhere`);
  }
  return { acknowledged, refused, kills };
}

async function viewOf(registry: Awaited<ReturnType<typeof openRegistry>>) {
  const entries: unknown[] = [];
  for (let before: string | undefined; ; ) {
    const page = await registry.log({ limit: 200, ...(before === undefined ? {} : { before }) });
    entries.push(...page.items.filter((entry) => entry.void === undefined).map(({ seq, events }) => ({ seq, events })));
    if (page.next === undefined) break;
    before = page.next;
  }
  return { text: JSON.stringify([entries, await registry.production()]), log: JSON.stringify(entries) };
}

/** How often each token stands in the log: as the note, the reason, or the run of a version. */
function countTokens(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, token = ''] of text.matchAll(/"(?:note|reason|id)":"(c\d+-\d+)"/g)) {
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return counts;
}
