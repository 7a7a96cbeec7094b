import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeLineage } from '../../../src/catalog/read-models/lineage.ts';
import type { PythonEnvironment } from '../../../src/registry/api/registering.ts';
import { float32Tensors } from '../../modelfiles/float32-tensors.ts';
import { ADA, beginHistory, DAY_MS, GRACE, type History, HOUR_MS, writeBelow } from './history.ts';

const PROJECT_FILE = `models:
  fraud-detector:
    description: Probability that a card transaction is fraud
    outputs: [models/fraud/**]
    metrics: [reports/metrics.json]
    params: [params.yaml]
    data: [data/train.csv]
    deploy: deploy/fraud-detector
    gates:
      staging:
        - {metric: auc, min: 0.85}
      production:
        - {metric: auc, vs: production, max-drop: 0.005}
        - {metric: auc, min: 0.88, dataset: holdout, worst-of: country}
        - {metric: calibration_error, max: 0.03}
        - {approvals: 1}
  churn:
    outputs: [models/churn/**]
`;

const SCORE = `"""Scores transactions as they come."""

import mlflow

model = mlflow.pyfunc.load_model("models:/fraud-detector/Production")


def score(transaction):
    return model.predict([transaction])[0]
`;

const CARD = `Scores a card transaction when it is authorised. Reviewed by the fraud team every Monday.

## Intended use

Ranking of transactions for manual review. **Not** for declining payments by itself.

## Limits

- Little data from Brazil before June.
- Amounts above 50,000 € are rare.
`;

/** Weights of a small network, as safetensors: `seed` makes them others. */
function weights(seed: number): Uint8Array {
  const shapes = { 'encoder.weight': [64, 24], 'encoder.bias': [64], 'head.weight': [1, 64], 'head.bias': [1] };
  return float32Tensors(shapes, {
    metadata: { format: 'pt' },
    valueAt: (index) => Math.sin(index * 0.7 + seed) / 4,
  });
}

function environment(torch: string): PythonEnvironment {
  const packages = [
    { name: 'numpy', version: '2.3.4' },
    { name: 'pandas', version: '3.0.1' },
    { name: 'scikit-learn', version: '1.9.1' },
    { name: 'torch', version: torch },
  ];
  return { python: '3.12.8', packages, foundBy: 'project' };
}

interface Trained {
  readonly auc: number;
  readonly params?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly config: string;
  readonly code: CodeLineage;
  readonly torch?: string;
  readonly by?: typeof ADA;
}

/**
 * A project with two models and sixty days of history: versions that served, a rollback, a sweep, reviews, evaluations, and a file that asks for
 * a version.
 */
export async function makeTypicalProject(dir: string, stateDir: string): Promise<string> {
  const workspace = join(dir, 'payments');
  await mkdir(workspace);
  git(workspace, ['init', '--quiet', '--initial-branch=main', '--template=']);
  git(workspace, ['config', 'user.name', ADA.name]);
  git(workspace, ['config', 'user.email', ADA.email]);
  await writeBelow(workspace, '.gitignore', 'models/\nreports/\ndeploy/\n.vscode/\n');
  await writeBelow(workspace, 'README.md', '# Payments\n');
  await writeBelow(workspace, 'model-registry.yaml', PROJECT_FILE);
  await writeBelow(workspace, 'serve/score.py', SCORE);
  const history = await beginHistory(join(workspace, '.git/model-registry'), {
    daysAgo: 60,
    people: [ADA, GRACE],
    stateDir,
  });
  await recordFraudDetector(workspace, history);
  await recordChurn(workspace, history);
  await history.close();
  return workspace;
}

async function recordFraudDetector(workspace: string, history: History): Promise<void> {
  const ada = history.as(ADA);
  const grace = history.as(GRACE);
  const train = (trained: Trained) => registerFraudDetector(workspace, history, trained);
  const first = await commit(workspace, history, 'Fraud detector', 5);
  await train({ auc: 0.871, config: 'baseline', code: first, description: CARD });
  await evaluate(history, 1, { '': 0.868, DE: 0.881, FR: 0.874, BR: 0.842 });
  history.pass(DAY_MS);
  await ada.promote({ ref: 'fraud-detector@1', stage: 'production', reason: 'First model for the launch' });
  history.pass(9 * DAY_MS);
  const second = await commit(workspace, history, 'Merchant graph as features', 9);
  await train({
    auc: 0.904,
    config: 'graph',
    code: second,
    by: GRACE,
    torch: '2.15.0',
    description: 'Merchant graph as features',
  });
  await evaluate(history, 2, { '': 0.901, DE: 0.917, FR: 0.902, BR: 0.861 });
  history.pass(2 * DAY_MS);
  await grace.promote({ ref: 'fraud-detector@2', stage: 'staging', reason: 'To be watched for a week' });
  history.pass(6 * DAY_MS);
  await ada.promote({ ref: 'fraud-detector@2', stage: 'production', reason: 'Better everywhere on the holdout' });
  history.pass(4 * DAY_MS + 3 * HOUR_MS);
  await grace.rollback({ model: 'fraud-detector', reason: 'Twice as many complaints from Brazil since this morning' });
  history.pass(8 * DAY_MS);
  const third = await commit(workspace, history, 'Balance by country', 12);
  await train({ auc: 0.912, config: 'balanced', code: third, torch: '2.15.0', description: 'Balanced by country' });
  await evaluate(history, 3, { '': 0.909, DE: 0.919, FR: 0.908, BR: 0.894 });
  history.pass(2 * DAY_MS);
  await ada.promote({ ref: 'fraud-detector@3', stage: 'production', reason: 'Brazil is close to France now' });
  await ada.setAlias({ model: 'fraud-detector', alias: 'champion', ref: 'fraud-detector@3' });
  history.pass(7 * DAY_MS);
  await grace.comment({ ref: 'fraud-detector@3', text: 'No complaints in the first week.' });
  history.pass(13 * DAY_MS);
  await sweep(train, history, third);
  history.pass(2 * DAY_MS);
  const fourth = await commit(workspace, history, 'Night and weekend features', 15);
  await train({
    auc: 0.927,
    config: 'night',
    code: fourth,
    torch: '2.15.0',
    by: GRACE,
    description: 'Night and weekend features',
  });
  await evaluate(history, 16, { '': 0.924, DE: 0.931, FR: 0.922, BR: 0.911 });
  history.pass(5 * HOUR_MS);
  await grace.requestPromotion({
    ref: 'fraud-detector@16',
    stage: 'production',
    reviewers: [ADA.email],
    comment: 'Better on every slice. Please look at the amounts above 50,000.',
  });
}

async function sweep(train: (trained: Trained) => Promise<void>, history: History, code: CodeLineage): Promise<void> {
  for (let run = 0; run < 12; run += 1) {
    history.pass(HOUR_MS / 6);
    const rate = (10 ** -(1 + run / 4)).toPrecision(3);
    await train({
      auc: 0.889 + ((run * 5) % 12) / 400,
      config: `sweep-${run}`,
      code,
      params: { learning_rate: rate, depth: String(3 + (run % 4)) },
      torch: '2.15.0',
    });
  }
}

async function registerFraudDetector(workspace: string, history: History, trained: Trained): Promise<void> {
  const { auc, params, description, config, code, torch = '2.14.1', by = ADA } = trained;
  const seed = Math.round(auc * 10_000) + config.length;
  const dir = join(workspace, 'models/fraud');
  await writeBelow(dir, 'model.safetensors', weights(seed));
  await writeBelow(
    dir,
    'config.json',
    `${JSON.stringify({ layers: 2, hidden: 64, config, ...params }, undefined, 2)}\n`,
  );
  const startedAt = new Date(history.now).toISOString();
  history.pass(HOUR_MS / 4);
  await history.as(by).register({
    model: 'fraud-detector',
    modelDescription: 'Probability that a card transaction is fraud',
    paths: [dir],
    folder: workspace,
    metrics: {
      auc,
      log_loss: round((1 - auc) * 1.9),
      calibration_error: round(0.11 - auc / 10),
      latency_p95_ms: round(9 + auc * 3),
    },
    params: { learning_rate: '0.05', depth: '6', batch_size: '512', epochs: '12', ...params },
    history: { 'val/auc': course(auc), 'val/loss': course((1 - auc) * 1.9, -0.4) },
    run: {
      ...{ name: config, command: `python train.py --config configs/${config}.json`, seenAs: 'terminal' as const },
      ...{ startedAt, endedAt: new Date(history.now).toISOString(), exitCode: 0 },
    },
    code,
    dataPaths: [{ path: 'data/train.csv', source: join(workspace, 'data/train.csv') }],
    environment: environment(torch),
    machine: {
      os: 'Ubuntu 24.04.1 LTS',
      architecture: 'x64',
      cpu: 'AMD EPYC 7763',
      cpuCount: 16,
      gpus: ['NVIDIA A10G'],
    },
    ...(description === undefined ? {} : { description }),
  });
}

async function recordChurn(workspace: string, history: History): Promise<void> {
  const grace = history.as(GRACE);
  for (const auc of [0.701, 0.733]) {
    history.pass(HOUR_MS);
    const file = await writeBelow(workspace, 'models/churn/model.json', `{"trees": ${Math.round(auc * 1000)}}\n`);
    await grace.register({
      model: 'churn',
      paths: [file],
      metrics: { auc, f1: round(auc - 0.12) },
      params: { trees: '400' },
    });
  }
  await grace.promote({ ref: 'churn@1', stage: 'production', reason: 'For the letter in November' });
  await grace.promote({ ref: 'churn@2', stage: 'staging', reason: 'For the letter in December' });
}

async function evaluate(history: History, number: number, values: Readonly<Record<string, number>>): Promise<void> {
  for (const [country, auc] of Object.entries(values)) {
    await history.as(ADA).evaluate({
      ref: `fraud-detector@${number}`,
      metrics: { auc, log_loss: round((1 - auc) * 2) },
      dataset: { name: 'holdout' },
      ...(country === '' ? {} : { slice: `country=${country}` }),
    });
  }
}

/** Training code with as many features as it is old, and the data of that day. */
async function commit(workspace: string, history: History, message: string, features: number): Promise<CodeLineage> {
  const names = [
    'amount',
    'hour',
    'merchant',
    'country',
    'device',
    'velocity',
    'degree',
    'rank',
    'age',
    'weekday',
    'night',
  ];
  const lines = Array.from({ length: features }, (_, index) => `    "${names[index % names.length]}_${index}",`);
  await writeBelow(workspace, 'train.py', `# ${message}\nFEATURES = [\n${lines.join('\n')}\n]\n`);
  const rows = Array.from({ length: features * 20 }, (_, row) => `${row * 7},${row % 24},${row % 2}`);
  await writeBelow(workspace, 'data/train.csv', `amount,hour,label\n${rows.join('\n')}\n`);
  git(workspace, ['add', '--all']);
  git(workspace, ['commit', '--quiet', '--no-gpg-sign', '--no-verify', '--message', message], history.now);
  const hash = git(workspace, ['rev-parse', 'HEAD']).trim();
  return { commit: hash, branch: 'main', isDirty: false, capturedAt: 'start', repository: 'payments' };
}

/** How a metric came to its value within the run. */
function course(
  value: number,
  from = 0.3,
): { readonly points: { step: number; value: number }[]; readonly total: number } {
  const points = Array.from({ length: 40 }, (_, step) => ({
    step,
    value: round(value - from * Math.exp(-step / 8) + Math.sin(step * 1.7) * 0.004),
  }));
  return { points, total: points.length };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function git(cwd: string, args: readonly string[], atMs?: number): string {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const date =
    atMs === undefined
      ? {}
      : {
          GIT_AUTHOR_DATE: `@${Math.floor(atMs / 1000)} +0000`,
          GIT_COMMITTER_DATE: `@${Math.floor(atMs / 1000)} +0000`,
        };
  return execFileSync('git', [...args], { cwd, encoding: 'utf8', env: { ...Object.fromEntries(inherited), ...date } });
}
