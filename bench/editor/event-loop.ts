import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import * as v from 'valibot';
import { openRegistry } from '../../src/registry/open.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { runInExtensionHost } from '../../test/editor/harness/host-suite.ts';
import { makeRegistry } from '../make-registry.ts';
import type { GroupOptions, Results } from '../results.ts';
import { msText } from '../timing.ts';

const root = resolve(import.meta.dirname, '../..');
const MIB = 1024 * 1024;
const FILE_MIB = 1024;
const TIMEOUT_MS = 15 * 60_000;

const execFileDone = promisify(execFile);
const phaseSchema = v.object({ phase: v.string(), blockedMs: v.number(), workedMs: v.number(), tookMs: v.number() });
type Phase = v.InferOutput<typeof phaseSchema>;

/** How long the extension host's event loop is blocked in the real editor while a large registry is opened and a large file registered. */
export async function benchmarkEditor({ sizes, runs, onProgress }: GroupOptions): Promise<Results> {
  const fileMib = runs < 20 ? 16 : FILE_MIB;
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
  try {
    onProgress('packaging the extension');
    await execFileDone('npm', ['run', '--silent', 'package'], { cwd: root, timeout: TIMEOUT_MS });
    const suite = join(scratch, 'suite.cjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['bench/editor/event-loop-suite.ts'],
      outfile: suite,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      external: ['vscode'],
      logLevel: 'warning',
    });
    const rows: string[][] = [];
    let worst = 0;
    for (const versions of sizes) {
      onProgress(`the editor, ${versions} versions`);
      const place = join(scratch, String(versions));
      await prepare(place, versions, fileMib, scratch);
      for (const { phase, blockedMs, workedMs, tookMs } of await phasesOf(suite, join(place, 'workspace'))) {
        rows.push([
          `${titleOf(phase, fileMib)}, ${versions.toLocaleString('en')} versions`,
          msText(blockedMs),
          msText(workedMs),
          msText(tookMs),
        ]);
        if (phase === 'open' || phase === 'register') worst = Math.max(worst, blockedMs);
      }
      await rm(place, { recursive: true, force: true });
    }
    return { tables: [tableOf(rows)], facts: { 'editor block': worst } };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** An empty workspace, and beside it what the suite moves into it. */
async function prepare(place: string, versions: number, fileMib: number, scratch: string): Promise<void> {
  const prepared = join(place, 'prepared');
  const dir = join(prepared, '.model-registry');
  await mkdir(join(place, 'workspace'), { recursive: true });
  await mkdir(join(prepared, 'models'), { recursive: true });
  await mkdir(dir);
  const { commits } = makeRegistry({ dir, versions });
  const author = { name: 'Ann Lee', email: 'ann@example.org' };
  const registry = await openRegistry({ dir, author, via: 'cli', stateDir: join(scratch, 'state') });
  await registry.rebuild();
  await registry.close();
  await writeFile(join(prepared, 'prepared.json'), JSON.stringify({ nextCommit: commitKey(commits + 1) }));
  await writeFile(join(prepared, 'model-registry.yaml'), 'models:\n  large:\n    outputs: [models/**]\n');
  const file = await open(join(prepared, 'models/weights.bin'), 'wx');
  try {
    const chunk = Buffer.alloc(16 * MIB);
    for (let written = 0; written < fileMib; written += 16) await file.write(randomFillSync(chunk));
  } finally {
    await file.close();
  }
}

async function phasesOf(suite: string, workspace: string): Promise<readonly Phase[]> {
  const run = await runInExtensionHost(suite, workspace, TIMEOUT_MS);
  if (run.code !== 0)
    throw new Error(`The suite in the editor ended with ${run.code}.\n${run.lines.join('\n')}\n${run.logs}`);
  return run.lines.flatMap((line) => (line.startsWith('# ') ? [v.parse(phaseSchema, JSON.parse(line.slice(2)))] : []));
}

function titleOf(phase: string, fileMib: number): string {
  if (phase === 'open') return 'opening the registry and its tree';
  if (phase === 'register') return `registering a file of ${fileMib} MiB by itself`;
  if (phase === 'activate') return 'loading the extension';
  return 'for comparison: nothing happens';
}

function tableOf(rows: readonly (readonly string[])[]) {
  return {
    title: "The extension host's event loop, in the real editor",
    note: 'How long no timer ran, and the most work that the thread of the host did without a pause: where they differ, other programs had the processor. Nothing that happens in the first row is ours.',
    columns: ['', 'longest block', 'longest work', 'time watched'],
    rows,
  };
}
