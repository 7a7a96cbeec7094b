// "What changed?" between two versions that are many commits apart, in a repository with a long history.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeBetween } from '../src/lineage/code-between.ts';
import { initRegistry, openRegistry } from '../src/registry/open.ts';
import type { GroupOptions, Results } from './results.ts';
import { msText, timeEach } from './timing.ts';

const CLI = resolve(import.meta.dirname, '../dist/cli.js');
const FILES = 3000;
const CHANGED_BY_EACH = 3;
const AUTHORS = 12;
const APART = 500;
const RUNS = 20;

/** How long it takes until commits, changed files and everything recorded are there: asked in the process, and as a command. */
export async function benchmarkCodeHistory({ sizes, onProgress }: GroupOptions): Promise<Results> {
  const rows: string[][] = [];
  const facts: Record<string, number> = {};
  for (const commits of sizes) {
    const folder = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
    try {
      onProgress(`a repository of ${commits} commits`);
      const [before, after] = await makeRepository(folder, commits);
      await makeVersions(folder, before, after);
      const asked = await timeEach(
        RUNS,
        () => codeBetween({ folders: [folder], before: { commit: before }, after: { commit: after } }),
        1,
      );
      const whole = await timeEach(RUNS, () => run(process.execPath, [CLI, 'changes', 'model'], folder), 1);
      facts[`changes@${commits}`] = whole.p95;
      const apart = Math.min(APART, Math.floor(commits / 2));
      rows.push([
        commits.toLocaleString('en-US'),
        String(apart),
        msText(asked.p50),
        msText(asked.max),
        msText(whole.p50),
        msText(whole.max),
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const title = 'What changed between two versions of a long history';
  const note = `Of ${FILES.toLocaleString('en-US')} files, each commit changes ${CHANGED_BY_EACH}. Commits and files: what git is asked, in a process that runs. The command is a whole process that also opens the registry and prints.`;
  const columns = ['commits', 'apart', 'commits and files, median', 'slowest', '`changes`, median', 'slowest'];
  return { tables: [{ title, note, columns, rows }], facts };
}

/** The same at every run, written through `git fast-import`. Returns the commits of the two versions. */
async function makeRepository(folder: string, commits: number): Promise<readonly [string, string]> {
  await run('git', ['init', '--quiet', '--initial-branch=main'], folder);
  const importing = spawn('git', ['fast-import', '--quiet'], { cwd: folder, stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(importing, 'close');
  for (let index = 0; index < commits; index += 1) {
    if (!importing.stdin.write(commitText(index))) await once(importing.stdin, 'drain');
  }
  importing.stdin.end();
  await ended;
  const apart = Math.min(APART, Math.floor(commits / 2));
  const ids = await run('git', ['rev-parse', `main~${apart}`, 'main'], folder);
  const [before = '', after = ''] = ids.split('\n');
  return [before, after];
}

function commitText(index: number): string {
  const author = index % AUTHORS;
  const subject = `Change ${index} of the training of model ${index % 7}`;
  const files = Array.from({ length: index === 0 ? FILES : CHANGED_BY_EACH }, (_, place) => {
    const file = index === 0 ? place : (index * 7919 + place * 104_729) % FILES;
    const text = Array.from(
      { length: 40 },
      (__, line) => `value_${line} = ${(file * 31 + line * (index + 1)) % 1000}\n`,
    ).join('');
    return `M 644 inline package${file % 60}/module${file}.py\ndata ${Buffer.byteLength(text)}\n${text}`;
  });
  return `commit refs/heads/main\ncommitter Person ${author} <person${author}@example.org> ${1_600_000_000 + index * 60} +0000\ndata ${subject.length}\n${subject}\n${files.join('')}`;
}

async function makeVersions(folder: string, before: string, after: string): Promise<void> {
  const dir = join(folder, '.git/model-registry');
  await initRegistry({ dir });
  const registry = await openRegistry({ dir, author: { name: 'Ann', email: 'ann@example.org' }, via: 'cli' });
  try {
    await mkdir(join(folder, 'out'), { recursive: true });
    for (const [index, commit] of [before, after].entries()) {
      const path = join(folder, 'out/model.bin');
      await writeFile(path, `weights ${index}`);
      const code = { commit, isDirty: false, capturedAt: 'start' } as const;
      const packages = Array.from({ length: 300 }, (_, place) => ({
        name: `package-${place}`,
        version: `1.${place % 9 === 0 ? index : 0}`,
      }));
      await registry.register({
        model: 'model',
        paths: [path],
        metrics: { auc: 0.9 + index / 100 },
        code,
        environment: { packages },
      });
      await registry.promote({ ref: `model@${index + 1}`, stage: 'production', reason: 'Measured' });
    }
  } finally {
    await registry.close();
  }
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}.`);
  return text.trim();
}
