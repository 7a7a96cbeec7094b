import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace, writeTraining } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
beforeEach(async () => {
  work = await gitProject();
});
afterEach(() => work.dispose());

/** Runs a command that must succeed and returns what it printed. */
async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(args, { cwd: work.dir });
  expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const json = (...args: readonly string[]) => cli.json(args, { cwd: work.dir });

/** Two versions, the second in production in place of the first. */
async function twoPromotions(): Promise<void> {
  await run('init');
  await run(...REGISTER);
  await run('promote', 'fraud-detector@1', 'production', '--reason', 'First model');
  await writeTraining(work, { weights: 'second', auc: 0.93 });
  await run(...REGISTER);
  await run('promote', 'fraud-detector@2', 'production', '--reason', 'Better on the test set');
}

describe('from training to production and back', () => {
  it('is told by the commands as it happens', async () => {
    expect(await run('init')).toBe(`Made a registry in ${work.dir}/.git/model-registry\n`);
    expect(await run('where')).toBe(`${work.dir}/.git/model-registry\n`);
    expect(await run('list')).toContain('No models yet.');

    expect(await run(...REGISTER)).toBe('Registered fraud-detector@1: 2 files, 19 bytes, auc 0.912\n');
    expect(await run(...REGISTER)).toContain('These files are fraud-detector@1 already');
    await run('promote', 'fraud-detector@1', 'production', '--reason', 'First model');

    await writeTraining(work, { weights: 'second', auc: 0.93 });
    expect(await run(...REGISTER)).toBe(
      'Registered fraud-detector@2: 2 files, 20 bytes, auc 0.93\nIn production is fraud-detector@1: auc 0.912\n',
    );
    expect(await run('promote', 'fraud-detector@2', 'production', '--reason', 'Better on the test set')).toBe(
      [
        'Promoted fraud-detector@2 from candidate to production',
        'fraud-detector@1 moved from production to archived',
        'auc is 0.93, against 0.912 of fraud-detector@1 (+0.018, better)\n',
      ].join('\n'),
    );
    expect(await run('rollback', 'fraud-detector', '--reason', 'Complaints')).toContain(
      'Rolled production back to fraud-detector@1\nfraud-detector@2 moved from production to archived\n',
    );
    expect(await run('verify', '--artifacts')).toBe('Sound: checked 5 commits, 2 manifests, 3 objects (25 bytes).\n');
  });

  it('brings back the very bytes that were in production', async () => {
    await twoPromotions();
    await run('rollback', 'fraud-detector', '--reason', 'Complaints');
    await run('pull', 'fraud-detector@production', '--to', 'serving/model');
    expect(await readFile(join(work.dir, 'serving/model/weights.bin'), 'utf8')).toBe('first');
    const path = (await run('path', 'fraud-detector')).trimEnd();
    expect(await readFile(join(path, 'weights.bin'), 'utf8')).toBe('first');
  });

  it('stays on record: who, what, when and why', async () => {
    await twoPromotions();
    await run('rollback', 'fraud-detector', '--reason', 'Complaints');
    const log = await run('log', 'fraud-detector');
    const lines = log.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^ {3}5 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(just now\) {2}Rolled production back to fraud-detector@1 in place of 2$/,
    );
    expect(lines[1]).toBe('      Ann Lee <ann@example.org> (claimed), on the command line: Complaints');
    expect(log).toContain('Ann Lee <ann@example.org> (claimed), on the command line: Better on the test set');
    expect(await json('log')).toMatchObject([
      {
        seq: 5,
        via: 'cli',
        by: { name: 'Ann Lee', email: 'ann@example.org' },
        events: [{ type: 'stage.changed', kind: 'rollback', reason: 'Complaints' }],
      },
      { seq: 4, events: [{ type: 'stage.changed', kind: 'promote' }] },
      { seq: 3 },
      { seq: 2 },
      { seq: 1 },
    ]);
  });

  it('can be looked up for any moment of the past', async () => {
    await twoPromotions();
    const [, second] = v.parse(v.array(v.object({ at: v.string() })), await json('log'));
    await run('rollback', 'fraud-detector', '--reason', 'Complaints');
    expect(await json('at', 'now')).toMatchObject({
      holders: [{ stage: 'production', number: 1, reason: 'Complaints' }],
    });
    expect(await json('at', second?.at ?? '', 'fraud-detector')).toMatchObject({
      holders: [{ number: 1, reason: 'First model' }],
    });
    expect(await json('at', '2020-01-01')).toMatchObject({ seq: 0, holders: [] });
    expect(await run('at', 'now')).toMatch(/^fraud-detector +production +1 +\S+ \S+ +Ann Lee +Complaints$/m);
  });

  it('can be compared, searched and listed', async () => {
    await twoPromotions();
    expect(await run('compare', 'fraud-detector@1', 'fraud-detector@2')).toMatch(
      /^≠ +auc +0\.912 +0\.93 +\+0\.018 better$/m,
    );
    await writeFile(
      join(work.dir, 'model-registry.yaml'),
      'models:\n  fraud-detector:\n    outputs: [models/**]\n    lower-is-better: [auc]\n',
    );
    expect(await run('compare', 'fraud-detector@1', 'fraud-detector@2')).toMatch(/^≠ +auc .* \+0\.018 worse$/m);
    expect(await json('search', 'auc>0.92')).toMatchObject([{ model: 'fraud-detector', number: 2 }]);
    expect(await json('list', '--stage', 'production')).toMatchObject([{ number: 2 }]);
    expect(await json('list', 'fraud-detector', '--limit', '1')).toMatchObject([{ number: 2 }]);
    expect(await run('list', 'fraud-detector', '--limit', '1')).toContain('There are more; ask for them with --limit.');
    expect(await run('list')).toMatch(/^fraud-detector +2 +auc 0\.93 +2 +2$/m);
  });
});

describe('a version', () => {
  it('carries its code, data, metrics, params, tags and base', async () => {
    await run('init');
    await run(...REGISTER);
    const more = ['--tag', 'team=risk', '--metrics', 'f1=0.8', '--params', 'note=a=b', '--base', 'fraud-detector@1'];
    await writeTraining(work, { weights: 'second', auc: 0.93 });
    await run(...REGISTER, '--description', 'Wider layers', ...more);
    const commit = await work.git('rev-parse', 'HEAD');
    const sha256 = createHash('sha256').update('amount,label\n1,0\n').digest('hex');
    const shown = await json('show', 'fraud-detector@2');
    expect(shown).toMatchObject({
      description: 'Wider layers',
      tags: { team: 'risk' },
      metrics: { auc: 0.93, f1: 0.8 },
      params: { learning_rate: '0.1', epochs: '5', note: 'a=b' },
      artifact: {
        size: 20,
        files: [
          { path: 'config.json', size: 14 },
          { path: 'weights.bin', size: 6 },
        ],
      },
      lineage: {
        code: { commit, branch: 'main', isDirty: true },
        data: [{ path: 'data/train.csv', sha256 }],
        baseModel: { name: 'fraud-detector@1', number: 1 },
      },
    });
    expect(JSON.stringify(shown)).not.toContain(work.dir);
  });

  it('is registered from a sub-folder into the same registry, its data named without the way there', async () => {
    await run('init');
    const cwd = join(work.dir, 'models');
    const { code } = await cli.run(['register', 'fraud-detector', 'fraud', '--data', '../data/train.csv'], { cwd });
    expect(code).toBe(0);
    expect(await json('show', 'fraud-detector')).toMatchObject({ lineage: { data: [{ path: 'train.csv' }] } });
  });

  it('is registered from what model-registry.yaml declares, wherever in the project one is', async () => {
    await run('init');
    await work.write(
      'model-registry.yaml',
      'models:\n  fraud-detector:\n    outputs: [models/fraud/**]\n    metrics: [reports/metrics.json]\n    data: [data/train.csv]\n',
    );
    await mkdir(join(work.dir, 'src'));
    const { code, stdout } = await cli.run(['register', 'fraud-detector'], { cwd: join(work.dir, 'src') });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Registered fraud-detector@1: 2 files, 19 bytes, auc 0.912\n',
    });
    expect(await json('show', 'fraud-detector')).toMatchObject({ lineage: { data: [{ path: 'data/train.csv' }] } });
  });

  it('can be named by number, stage, alias and digest', async () => {
    await twoPromotions();
    await run('alias', 'set', 'fraud-detector', 'champion', '2');
    const { artifact } = v.parse(
      v.object({ artifact: v.object({ digest: v.string() }) }),
      await json('show', 'fraud-detector@2'),
    );
    const { digest } = artifact;
    for (const selector of ['2', 'production', 'champion', digest.slice(0, 7)]) {
      expect(await json('show', `fraud-detector@${selector}`)).toMatchObject({ number: 2 });
    }
    await run('alias', 'rm', 'fraud-detector', 'champion');
    expect(await json('show', 'fraud-detector@2')).toMatchObject({ aliases: [] });
  });

  it('can be tagged, noted, described, commented on, archived and deleted', async () => {
    await twoPromotions();
    await run('tag', 'fraud-detector@1', 'a=1', 'b=2');
    await run('tag', 'fraud-detector@1', '--remove', 'a');
    await run('note', 'fraud-detector@1', 'Trained twice');
    await run('describe', 'fraud-detector@1', 'The first one');
    await run('comment', 'fraud-detector@1', 'Thanks');
    expect(await json('show', 'fraud-detector@1')).toMatchObject({
      tags: { b: '2' },
      description: 'The first one',
      notes: [{ text: 'Trained twice' }],
      comments: [{ text: 'Thanks' }],
    });
    await run('delete', 'fraud-detector@1', '--reason', 'Not needed');
    expect(await json('list', 'fraud-detector')).toMatchObject([{ number: 2 }]);
  });
});

describe('a model', () => {
  it('can be created, described, renamed and deleted', async () => {
    await run('init');
    await run('create', 'churn', '--description', 'Who leaves', '--tag', 'team=growth');
    await run('describe', 'churn', 'Who will leave', '--model');
    expect(await run('rename', 'churn', 'churn-predictor')).toBe('churn is called churn-predictor now\n');
    expect(await json('show', 'churn', '--model')).toMatchObject({
      name: 'churn-predictor',
      description: 'Who will leave',
      tags: { team: 'growth' },
      formerNames: ['churn'],
    });
    await run('delete', 'churn-predictor', '--model', '--reason', 'An experiment');
    expect(await run('list')).toContain('No models yet.');
  });
});
