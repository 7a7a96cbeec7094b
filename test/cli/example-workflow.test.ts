import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { copyExample } from '../../examples/copy-example.mjs';
import { onWindows } from '../on-windows.ts';

// Each step is several processes, which take a while on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const root = resolve(import.meta.dirname, '../..');
const INSTALL = 'npm install --global model-registry';

const workflowSchema = v.object({
  env: v.record(v.string(), v.string()),
  jobs: v.object({
    gates: v.object({
      steps: v.array(
        v.looseObject({
          name: v.optional(v.string()),
          run: v.optional(v.string()),
          uses: v.optional(v.string()),
          env: v.optional(v.record(v.string(), v.string()), {}),
        }),
      ),
    }),
  }),
});

let dir = '';
let workflow: v.InferOutput<typeof workflowSchema>;
beforeAll(async () => {
  expect(existsSync(join(root, 'dist/cli.js')), 'run `npm run build` first').toBe(true);
  dir = await mkdtemp(join(tmpdir(), 'model-registry-workflow-'));
  workflow = v.parse(workflowSchema, parse(await readFile(join(root, 'docs/examples/github-actions.yml'), 'utf8')));
  const shim = join(dir, 'bin/model-registry');
  await mkdir(dirname(shim));
  await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/cli.js')}" "$@"\n`, { mode: 0o755 });
  await mkdir(join(dir, 'shared'));
});
afterAll(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

interface Job {
  /** Of the last step that ran. */
  readonly code: number | null;
  readonly step: string;
  readonly output: string;
  readonly summary: string;
  readonly junit: string;
  readonly json: unknown;
}

/** Runs the commands of the job, each as the runner does, on a pull request whose project file has `gates`. */
async function pullRequest(name: string, gates: string): Promise<Job> {
  const place = join(dir, name);
  const workspace = join(place, 'fraud-detector');
  const temporary = join(place, 'temp');
  await mkdir(temporary, { recursive: true });
  await copyExample(workspace);
  await appendFile(join(workspace, 'model-registry.yaml'), `    gates:\n      production:\n${gates}`);
  const files = { GITHUB_ENV: join(place, 'env'), GITHUB_STEP_SUMMARY: join(place, 'summary.md') };
  const env: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(workflow.env).map(([key, value]) => [
        key,
        value.replace(/\$\{\{ vars\.MODELS_URL \}\}/, join(dir, 'shared')),
      ]),
    ),
    ...files,
    GITHUB_ACTOR: 'ada',
    RUNNER_TEMP: temporary,
    HOME: place,
    MODEL_REGISTRY_STATE_DIR: join(place, 'state'),
    PATH: `${join(dir, 'bin')}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  };
  for (const value of Object.values(env)) expect(value).not.toContain('${{');
  let last = { code: null as number | null, step: '', output: '' };
  for (const { name: step = '', run, env: own } of workflow.jobs.gates.steps) {
    if (run === undefined || run === INSTALL) continue;
    last = { step, ...(await bash(run, workspace, { ...env, ...secretsOf(own) })) };
    if (last.code !== 0) break;
    for (const line of (await textOf(files.GITHUB_ENV)).split('\n')) {
      const [key = '', value] = line.split('=');
      if (value !== undefined) env[key] = value;
    }
  }
  const json = await textOf(join(temporary, 'gates.json'));
  return {
    ...last,
    summary: await textOf(files.GITHUB_STEP_SUMMARY),
    junit: await textOf(join(temporary, 'gates.xml')),
    json: json === '' ? undefined : JSON.parse(json),
  };
}

/** A folder needs no token: whoever is given one is told apart by having the variable. */
function secretsOf(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(own).map((key) => [key, '']));
}

async function bash(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : null, output };
}

const textOf = (file: string) => readFile(file, 'utf8').catch(() => '');

describe.skipIf(onWindows('the workflow is for machines with Linux'))('the example workflow for a pull request', () => {
  it('gives the token to the steps that ask the registry, and not to the training', () => {
    const { steps } = workflow.jobs.gates;
    const withToken = steps.filter(({ env }) => 'AZURE_STORAGE_SAS_TOKEN' in env);
    expect(withToken.length).toBeGreaterThan(0);
    for (const { run } of withToken) expect(run).toContain('model-registry ');
    expect(workflow.env).not.toHaveProperty('AZURE_STORAGE_SAS_TOKEN');
  });

  it('installs the command line by its name, and uses the actions that its comments promise', () => {
    expect(workflow.jobs.gates.steps.map(({ run }) => run)).toContain(INSTALL);
    expect(workflow.jobs.gates.steps.map(({ uses }) => uses)).toContain('actions/upload-artifact@v4');
  });

  it('trains, registers, and passes where the gates are passed', async () => {
    const job = await pullRequest(
      'good',
      '        - {metric: auc, min: 0.6}\n        - {command: python3 predict.py --help}\n',
    );
    expect(job, job.output).toMatchObject({ code: 0, step: 'Hold it against the gates' });
    expect(job.json).toMatchObject({
      version: { model: 'fraud-detector', number: 1 },
      stage: 'production',
      passed: true,
    });
    expect(job.summary).toContain('passes the gates of production');
    expect(job.junit).toMatch(/<testsuite[^>]*tests="2"[^>]*failures="0"/);
  });

  it('fails where one isn’t, with the reason in the summary and in the JUnit file', async () => {
    const job = await pullRequest('bad', '        - {metric: auc, min: 0.999}\n');
    expect(job, job.output).toMatchObject({ code: 1, step: 'Hold it against the gates' });
    expect(job.json).toMatchObject({ passed: false, gates: [{ outcome: 'failed' }] });
    expect(job.summary).toContain('below 0.999');
    expect(job.junit).toContain('<failure');
  });
});
