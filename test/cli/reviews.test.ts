import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace } from './harness/workspace.ts';

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

/** What somebody does who is set up as `name`. */
async function by(name: string, ...args: readonly string[]) {
  await work.git('config', 'user.name', name);
  await work.git('config', 'user.email', `${name.toLowerCase()}@example.org`);
  return cli.run(args, { cwd: work.dir });
}

const TO_PRODUCTION = ['fraud-detector@1', 'production'] as const;
const POLICY = `stages:
  - name: candidate
  - name: staging
  - {name: production, exclusive: true, from: [staging]}
  - name: archived
gates:
  production: [{approvals: 1}]
override: {by: [ann@example.org]}
changes: {approvals: 1}
`;

it('asks for a promotion, lists what is asked and of whom, says why an approval lapsed, and overrides by some alone', async () => {
  await by('Ann', 'init');
  await by('Ann', ...REGISTER);
  await work.write('policy.yaml', POLICY);
  const applied = await by('Ann', 'policy', 'apply', 'fraud-detector', 'policy.yaml', '--yes');
  expect(applied.stdout).toMatch(
    /to production: only from staging[\s\S]*overridden by ann@example\.org[\s\S]*another policy: needs 1 approval by others/,
  );
  const comment = ['--comment', 'A week of shadow traffic'] as const;
  expect(await by('Ann', 'request', ...TO_PRODUCTION, ...comment, '--reviewer', 'bob@example.org')).toMatchObject({
    code: 0,
    stdout: 'Asked for fraud-detector@1 to be promoted to production\n',
  });
  expect((await by('Ann', 'reviews', '--wanted')).stdout).toBe('Nothing is asked for\n');
  const wanted = await by('Bob', 'reviews', 'fraud-detector', '--wanted');
  expect(wanted.stdout).toMatch(/fraud-detector@1 +production +waits +0 of 1 +Ann .*bob@example\.org \(you\)/);
  expect(wanted.stdout).toContain('A week of shadow traffic');
  await by('Bob', 'approve', ...TO_PRODUCTION, '--comment', 'Looked at the slices');

  // A gate that fails afterwards takes the approval away, and everything says so.
  const gates = 'gates: {production: [{metric: auc, min: 0.99}]}';
  await work.write('model-registry.yaml', `models:\n  fraud-detector:\n    outputs: [models/fraud]\n    ${gates}\n`);
  await by('Ann', 'gates', ...TO_PRODUCTION, '--run');
  const lapsed = /lapsed .*because the gate auc: at least 0\.99 failed since/;
  expect((await by('Ann', 'show', 'fraud-detector@1')).stdout).toMatch(lapsed);
  expect((await by('Ann', 'gates', ...TO_PRODUCTION)).stdout).toContain('that of bob@example.org lapsed, because');
  const json = await by('Ann', '--json', 'reviews');
  expect(JSON.parse(json.stdout)).toMatchObject({
    promotions: [
      {
        version: { number: 1 },
        holder: null,
        state: 'waiting',
        reviewers: ['bob@example.org'],
        approvals: [{ person: 'bob@example.org', comment: 'Looked at the slices', lapsed: { code: 'gate' } }],
        needed: 1,
        given: 0,
      },
    ],
    policies: [],
  });

  // Stages aren't skipped with an override, which only Ann may.
  const override = ['--override', '--reason', 'An emergency'] as const;
  expect((await by('Ann', 'promote', ...TO_PRODUCTION, ...override)).stderr).toContain('TRANSITION_REFUSED');
  await by('Ann', 'promote', 'fraud-detector@1', 'staging', '--reason', 'Try');
  expect((await by('Bob', 'promote', ...TO_PRODUCTION, ...override)).stderr).toMatch(/OVERRIDE_REFUSED.*policy show/);
  expect(await by('Ann', 'promote', ...TO_PRODUCTION, ...override)).toMatchObject({ code: 0 });
  const shown = await by('Bob', 'show', 'fraud-detector@1');
  expect(shown.stdout).toMatch(/gates overridden \(0 of 1 approvals; that of bob@example\.org lapsed/);
  expect((await by('Bob', 'reviews')).stdout).toBe('Nothing is asked for\n');
});

it('changes a policy that wants others to approve that once they did', async () => {
  await work.write('next.yaml', 'override: never\nchanges: {approvals: 1}\n');
  const model = 'fraud-detector';
  const alone = await by('Ann', 'policy', 'apply', model, 'next.yaml', '--yes');
  expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('POLICY_NOT_APPROVED') });
  expect(alone.stdout).toContain('Others have to approve it first');
  const proposed = await by('Ann', 'policy', 'propose', model, 'next.yaml', '--comment', 'No emergencies');
  const digest = /Proposed the policy ([0-9a-f]{12})/.exec(proposed.stdout)?.[1] ?? '';
  const asked = (await by('Bob', 'reviews', '--wanted')).stdout;
  expect(asked).toMatch(
    /Policy [0-9a-f]{12} for fraud-detector[\s\S]*No emergencies[\s\S]*\+ a gate that fails: can never/,
  );
  await by('Bob', 'policy', 'refuse', model, '--comment', 'Not yet');
  expect((await by('Ann', 'policy', 'apply', model, '--proposed', '--yes')).stderr).toContain(
    'bob@example.org refused',
  );
  await by('Bob', 'policy', 'approve', model, digest);
  expect(await by('Ann', 'policy', 'apply', model, '--proposed', digest, '--yes')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Set the policy of fraud-detector'),
  });
  expect((await by('Bob', 'policy', 'withdraw', model)).stderr).toContain('PROPOSAL_NOT_FOUND');
  expect((await by('Bob', 'log', model)).stdout).toMatch(/Approved the policy [0-9a-f]{12} for fraud-detector/);
});

it('says of a request what the gates of the project file say, and ready only where they all pass', async () => {
  const own = await gitProject();
  const run = (...args: readonly string[]) => cli.run(args, { cwd: own.dir });
  await run('init');
  await run(...REGISTER);
  await run('request', ...TO_PRODUCTION);
  const state = async (gates: string) => {
    await own.write(
      'model-registry.yaml',
      `models:\n  fraud-detector:\n    outputs: [models/fraud]\n    gates: {production: [${gates}]}\n`,
    );
    return (await run('reviews')).stdout;
  };
  const failed = await state('{metric: auc, min: 0.99}, {approvals: 1}');
  expect(failed).toMatch(/fraud-detector@1 +production +waits +0 of 1 /);
  expect(failed).toMatch(/^ {2}failed auc: .*0\.99/m);
  expect(failed).toMatch(/^ {2}waits for approvals: no approval yet, 1 needed/m);
  expect(await state('{command: python validate.py}')).toMatch(
    / waits [\s\S]*^ {2}not evaluated command: it hasn’t run/m,
  );
  expect(await state('{metric: auc, min: 0.1}')).toMatch(/fraud-detector@1 +production +ready /);
  const json = JSON.parse((await run('--json', 'reviews')).stdout);
  expect(json).toMatchObject({
    promotions: [{ state: 'ready', gates: { failed: [], waiting: [], unknown: [] } }],
  });
  await own.write('model-registry.yaml', 'models: [');
  const broken = await run('reviews');
  expect(broken).toMatchObject({ code: 0, stderr: expect.stringContaining('note: PROJECT_FILE_INVALID') });
  expect(broken.stdout).toMatch(/fraud-detector@1 +production +waits /);
  await own.dispose();
});
