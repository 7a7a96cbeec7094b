import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { systemErrorCode } from '../../base/errors.ts';
import type { CodeLineage } from '../../catalog/read-models/lineage.ts';
import { PROJECT_FILE } from '../../project/project-file-name.ts';

const run = promisify(execFile);
const GIT_TIMEOUT_MS = 20_000;

/** What the third version doesn't pass, so that there is a reason to look. */
const GATES = `    gates:
      production:
        - {metric: auc, vs: production, max-drop: 0.005}
        - {metric: calibration_error, max: 0.03}
`;

/** A version of the sample as it was trained, by `examples/make-sample.mjs`. */
const runsSchema = v.array(
  v.object({
    name: v.pipe(v.string(), v.regex(/^[a-z]+$/)),
    /** Of a configuration that the example doesn't have. */
    config: v.exactOptional(v.string()),
    /** Base64. */
    model: v.string(),
    metrics: v.string(),
    params: v.string(),
  }),
);
export type SampleRun = v.InferOutput<typeof runsSchema>[number];

export interface SampleProject {
  readonly runs: readonly SampleRun[];
  /** Of the code that trained the baseline, and the others; empty where git isn't installed. */
  readonly code: readonly CodeLineage[];
}

/** Writes the sample's project into `to`, from what the extension brings in `source`, with two commits where git is installed. */
export async function writeSampleProject(source: string, to: string): Promise<SampleProject> {
  await cp(join(source, 'project'), to, { recursive: true });
  await cp(join(source, 'README.md'), join(to, 'README.md'));
  const runs = v.parse(runsSchema, JSON.parse(await readFile(join(source, 'runs.json'), 'utf8')));
  const projectFile = join(to, PROJECT_FILE);
  const declared = await readFile(projectFile, 'utf8');
  await writeFile(projectFile, `${declared.trimEnd()}\n${GATES}`);
  for (const { name, config } of runs)
    if (config !== undefined) await writeFile(join(to, 'configs', `${name}.json`), config);
  return { runs, code: await commitAll(to) };
}

async function commitAll(to: string): Promise<readonly CodeLineage[]> {
  try {
    await git(to, 'init', '--quiet', '--initial-branch=main', '--template=');
    const who = await identity(to);
    const commit = async (message: string): Promise<CodeLineage> => {
      await git(to, ...who, 'commit', '--quiet', '--no-gpg-sign', '--no-verify', '--message', message);
      const head = await git(to, 'rev-parse', 'HEAD');
      return { commit: head, branch: 'main', isDirty: false, capturedAt: 'start' };
    };
    await git(to, 'add', '--all', '--', '.', ':!configs/wider.json', ':!configs/balanced.json');
    const first = await commit('Fraud detector');
    await git(to, 'add', '--all');
    return [first, await commit('More features: at night abroad, many payments of large amounts')];
  } catch (error) {
    // Without git the sample has no code to compare, and is whole otherwise.
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Nothing where git knows this person. */
async function identity(to: string): Promise<readonly string[]> {
  const knows = (name: string) =>
    git(to, 'config', name).then(
      (value) => value !== '',
      () => false,
    );
  const isKnown = (await knows('user.name')) && (await knows('user.email'));
  return isKnown ? [] : ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.com'];
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const safe = ['-c', `core.hooksPath=${devNull}`, '-c', 'core.fsmonitor=false', '-c', 'core.autocrlf=false'];
  const { stdout } = await run('git', [...safe, ...args], { cwd, env, timeout: GIT_TIMEOUT_MS });
  return stdout.trim();
}
