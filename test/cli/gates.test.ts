import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace, writeTraining } from './harness/workspace.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;
beforeAll(async () => {
  cli = await buildCommandLine();
  work = await gitProject();
});
afterAll(async () => {
  await work.dispose();
  await cli.dispose();
});

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const json = (...args: readonly string[]) => cli.run(['--json', ...args], { cwd: work.dir });

it('evaluates, holds a version at a gate, runs a command, takes an approval, promotes, and rolls back without asking', async () => {
  await work.write(
    'model-registry.yaml',
    `models:
  fraud-detector:
    outputs: [models/fraud]
    gates:
      production:
        - {metric: auc, vs: production, max-drop: 0.005}
        - {metric: auc, min: 0.8, dataset: data/holdout.csv, worst-of: country}
        - {command: [${JSON.stringify(process.execPath)}, check.mjs]}
        - {approvals: 1}
`,
  );
  await work.write('check.mjs', 'console.log(JSON.stringify({ latency: 12 }));\n');
  await work.write('data/holdout.csv', 'amount,label\n2,1\n');
  await run('init');
  await run(...REGISTER);
  const held = await run('promote', 'fraud-detector@1', 'production', '--reason', 'First');
  expect(held).toMatchObject({ code: 1, stdout: '' });
  expect(held.stderr).toMatch(
    /^error: GATE_FAILED: fraud-detector@1 doesn't pass .*auc on data\/holdout\.csv of the worst country wasn't evaluated/,
  );
  expect(held.stderr).toContain("command wasn't evaluated: it hasn’t run");
  expect(held.stderr).toMatch(
    /; no approval yet, 1 needed\. .*`model-registry gates fraud-detector@1 production --run` runs the commands\.$/m,
  );

  await work.write('de.json', '{"auc": {"value": 0.86, "low": 0.84, "high": 0.88}}');
  const on = ['--dataset', 'data/holdout.csv', '--slice'] as const;
  const evaluated = await run('evaluate', 'fraud-detector@1', '--metrics', 'de.json', ...on, 'country=DE');
  expect(evaluated).toMatchObject({
    code: 0,
    stdout: 'Added 1 metric to fraud-detector@1, measured on data/holdout.csv, country=DE\n',
  });
  await run('evaluate', 'fraud-detector@1', '--metrics', 'auc=0.82', ...on, 'country=FR');
  expect((await run('show', 'fraud-detector@1')).stdout).toMatch(
    /Evaluations\n.*on data\/holdout\.csv [0-9a-f]{12}, country=DE\n +auc 0\.86 \(0\.84 to 0\.88\)/,
  );

  const rows = Array.from({ length: 20 }, (_, row) => `${row},${row % 2},${(row % 2) * 0.5 + 0.2}`);
  await work.write('predictions.csv', `id,churned,score\n${rows.join('\n')}\n`);
  const predicted = ['evaluate', 'fraud-detector@1', '--predictions', 'predictions.csv', '--dataset', 'march'] as const;
  expect(await run(...predicted)).toMatchObject({ code: 1, stderr: expect.stringContaining('--columns label=NAME') });
  expect((await run(...predicted, '--columns', 'label=churned')).stdout).toMatch(
    /^Added 12 metrics to fraud-detector@1, measured on march\nSLICE +ACCURACY .*\nall +1 /,
  );
  expect((await run('show', 'fraud-detector@1')).stdout).toContain('on march, with 20 predictions');
  expect(await run('evaluate', 'fraud-detector@1', '--metrics', 'f1=1', '--by', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--by means nothing without --predictions'),
  });

  const shown = await run('gates', 'fraud-detector@1', 'production');
  expect(shown.code).toBe(1);
  expect(shown.stdout).toMatch(
    /auc on data\/holdout\.csv of the worst country +passed +0\.82 \(country=FR\) +at least 0\.8/,
  );
  expect(shown.stdout).toContain("fraud-detector@1 doesn't pass 2 of 4 gates of production");
  const ran = await json('gates', 'fraud-detector@1', 'production', '--run');
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('"latency":12') });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    version: { number: 1 },
    stage: 'production',
    passed: false,
    gates: [
      { source: 'project', outcome: 'passed', why: expect.stringContaining('nothing to compare with') },
      { outcome: 'passed' },
      { outcome: 'passed', evidence: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { outcome: 'failed', measured: '0 of 1 approvals' },
    ],
  });

  const approve = ['approve', 'fraud-detector@1', 'production', '--comment', 'Looked at the slices'] as const;
  await run(...approve);
  expect((await run('gates', 'fraud-detector@1', 'production')).stdout).toContain('whoever registered the version');
  await work.git('config', 'user.email', 'bob@example.org');
  expect(await run('refuse', 'fraud-detector@1', 'production')).toMatchObject({ code: 2 });
  expect((await run(...approve)).stdout).toBe('Approved fraud-detector@1 for production\n');
  expect(
    await run('gates', 'fraud-detector@1', 'production', '--junit', 'gates.xml', '--markdown', 'gates.md'),
  ).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('fraud-detector@1 passes the gates of production'),
  });
  expect(await readFile(join(work.dir, 'gates.xml'), 'utf8')).toContain(
    '<testsuites tests="4" failures="0" errors="0">',
  );
  expect(await readFile(join(work.dir, 'gates.md'), 'utf8')).toContain('passes the gates of production');
  expect(await run('promote', 'fraud-detector@1', 'production', '--reason', 'First')).toMatchObject({ code: 0 });
  const [{ events }] = JSON.parse((await json('log', '--limit', '1')).stdout);
  // Approvals are in the log by themselves.
  expect(events[0].gates).toHaveLength(3);

  // Worse than production: only with an override, which stays on record.
  await writeTraining(work, { weights: 'second', auc: 0.9 });
  await run(...REGISTER);
  const worse = await json('promote', 'fraud-detector@2', 'production', '--reason', 'Next');
  expect(worse.code).toBe(1);
  expect(JSON.parse(worse.stderr).error).toMatchObject({
    code: 'GATE_FAILED',
    message: expect.stringContaining('auc is 0.012 worse than that of fraud-detector@1, more than 0.005'),
    details: { gates: expect.arrayContaining([expect.objectContaining({ outcome: 'failed' })]) },
  });
  const forced = await run('promote', 'fraud-detector@2', 'production', '--override', '--reason', 'An emergency');
  expect(forced.code).toBe(0);
  expect((await run('show', 'fraud-detector@2')).stdout).toContain('gates overridden');
  expect(await run('rollback', 'fraud-detector', '--reason', 'Worse')).toMatchObject({ code: 0 });

  // What can't be read may declare a gate.
  const text = await readFile(join(work.dir, 'model-registry.yaml'), 'utf8');
  await work.write(
    'model-registry.yaml',
    `${text.replace('max-drop', 'max-dorp')}  by-hand: {gates: {production: [{metric: auc, min: 0.8}]}}\n`,
  );
  expect(await run('promote', 'fraud-detector@2', 'staging', '--reason', 'Again')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /PROJECT_FILE_INVALID: What .*model-registry.yaml says of fraud-detector can't be used: line 6.*did you mean "max-drop"/,
    ),
  });
  expect((await run('rollback', 'fraud-detector', '--to', '2', '--reason', 'Still')).code).toBe(0);
});

it('goes on for other models where the section of one can’t be read', async () => {
  // Those models are promoted meanwhile, by their gates, which one that is registered by hand has, too.
  for (const [auc, code] of [
    [0.7, 1],
    [0.9, 0],
  ] as const) {
    await work.write('hand.bin', `weights of ${auc}`);
    await run('register', 'by-hand', 'hand.bin', '--metrics', `auc=${auc}`);
    expect(await run('promote', 'by-hand', 'production', '--reason', 'By hand')).toMatchObject({ code });
  }
  expect(await run('register', 'by-hand')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('declares no outputs of by-hand, so it is registered by hand only'),
  });
});

it('says that gates under a misspelt name hold nothing up; those under a former name still hold', async () => {
  await work.write(
    'model-registry.yaml',
    'models:\n  by-hnad: {gates: {production: [{metric: auc, min: 0.99}]}}\n  churn: {gates: {production: [{metric: auc, min: 0.99}]}}\n',
  );
  const misspelt = /^note: GATES_UNUSED: model-registry\.yaml has gates for by-hnad.* Did you mean by-hand\?.*\n$/;
  expect(await run('gates', 'by-hand@2', 'production')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(misspelt),
  });
  expect(await run('promote', 'by-hand@1', 'production', '--reason', 'Back')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(misspelt),
  });
  await work.write('model-registry.yaml', 'models:\n  by-hand: {gates: {production: [{metric: auc, min: 0.99}]}}\n');
  await run('rename', 'by-hand', 'scoring');
  const held = await run('gates', 'scoring@2', 'production');
  expect(held).toMatchObject({ code: 1, stdout: expect.stringContaining('0.99'), stderr: '' });
  await work.write('hand.bin', 'weights after the new name');
  expect(await run('register', 'scoring', 'hand.bin')).toMatchObject({ code: 0, stderr: '' });
});

it('says what to do about gates for a stage that there isn’t, and counts them as no gate', async () => {
  await work.dispose();
  work = await gitProject();
  await run('init');
  await run(...REGISTER);
  const gates = (stages: string) =>
    work.write('model-registry.yaml', `models:\n  fraud-detector: {gates: {${stages}}}\n`);
  await gates('production: [{metric: auc, min: 0.8}], prod: [{metric: auc, min: 0.99}]');
  const asked = ['gates', 'fraud-detector@1', 'production'] as const;
  const told = await run(...asked, '--markdown', 'gates.md');
  expect(told.code).toBe(1);
  expect(told.stdout).toMatch(
    /\nfraud-detector@1 passes the gates of production\nunknown stage prod: prod is no stage of fraud-detector; its stages are candidate, .*\. Correct the name, or add the stage to the policy\. Until then fraud-detector@1 isn't promoted\n$/,
  );
  expect(told.stdout).not.toMatch(/gates of prod /);
  expect(await readFile(join(work.dir, 'gates.md'), 'utf8')).toContain('passes the gates of production');
  expect(JSON.parse((await run(...asked, '--json')).stdout)).toMatchObject({
    passed: false,
    gates: [{ outcome: 'passed' }],
    unknownStages: [{ stage: 'prod', why: expect.stringContaining('Correct the name') }],
  });
  expect(await run('promote', 'fraud-detector@1', 'production', '--reason', 'go')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/GATE_FAILED: .* has gates for a stage that there isn't: prod is no stage/),
  });
  await gates('prod: [{metric: auc, min: 0.99}]');
  expect((await run(...asked)).stdout).toMatch(/no gates are declared\nunknown stage prod: /);
});
