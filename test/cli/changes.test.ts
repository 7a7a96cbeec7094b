import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace, writeTraining } from './harness/workspace.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());
afterEach(() => work.dispose());

describe('changes', () => {
  it('tells commits, files, data, params and metrics between production and the version before it', async () => {
    work = await gitProject();
    const options = { cwd: work.dir };
    await cli.json(['init'], options);
    await cli.json([...REGISTER], options);
    await cli.json(['promote', 'fraud-detector@1', 'production', '--reason', 'First'], options);
    await work.write('train.py', 'print(1)\n');
    await work.git('add', 'train.py');
    await work.git('commit', '-qm', 'A new feature \u001b[31m');
    await writeTraining(work, { weights: 'second', auc: 0.93 });
    await work.write('reports/metrics.json', JSON.stringify({ auc: 0.93, f1: 0.8 }));
    await work.write('params.yaml', 'learning_rate: 0.2\nepochs: 5\n');
    await work.write('data/train.csv', 'amount,label\n2,0\n');
    await cli.json([...REGISTER], options);
    await cli.json(['promote', 'fraud-detector@2', 'production', '--reason', 'Better'], options);

    const { stdout, code } = await cli.run(['changes'], options);
    expect(code).toBe(0);
    expect(stdout).toContain('From fraud-detector@1 to fraud-detector@2, in production and what was there before: ');
    expect(stdout).toContain('1 commit by Ann Lee changes 1 file');
    expect(stdout).toContain('A new feature �[31m');
    expect(stdout).toContain('learning_rate  0.1 → 0.2');
    expect(stdout).toContain('data/train.csv  changed');
    expect(stdout).toMatch(/auc\s+0\.912\s+0\.93\s+\+0\.018 better/);
    expect(stdout).toMatch(/f1\s+not recorded\s+0\.8\n/);
    const compared = await cli.run(['compare', 'fraud-detector@1', 'fraud-detector@2'], options);
    expect(compared.stdout).toMatch(/≠ {2}auc .*\n {3}f1 +not recorded +0\.8\n {3}loss +0\.088 +not recorded\n/);
    expect(stdout).toMatch(/A {2}train\.py {2}\+1 −0/);
    expect(await cli.json(['changes', 'fraud-detector@2', 'fraud-detector@1'], options)).toMatchObject({
      before: { number: 2 },
      after: { number: 1 },
      why: 'asked',
      history: { added: { count: 0 }, removed: { count: 1, commits: [{ subject: 'A new feature \u001b[31m' }] } },
      data: [{ path: 'data/train.csv', kind: 'changed' }],
    });
  });

  it('tells what was recorded where the repository lacks the commits, and says so', async () => {
    work = await gitProject();
    const options = { cwd: work.dir };
    await cli.json(['init'], options);
    await cli.json([...REGISTER], options);
    await work.git('checkout', '-q', '--orphan', 'other');
    await work.git('commit', '-qm', 'Another history');
    await writeTraining(work, { weights: 'second', auc: 0.93 });
    await cli.json([...REGISTER], options);
    await work.git('branch', '-qD', 'main');
    await work.git('reflog', 'expire', '--expire=now', '--all');
    await work.git('gc', '-q', '--prune=now');
    const { stdout, code } = await cli.run(['changes', 'fraud-detector'], options);
    expect(code).toBe(0);
    expect(stdout).toMatch(/The commit [0-9a-f]{12} isn’t in .*git fetch --all/);
    expect(stdout).toMatch(/auc\s+0\.912\s+0\.93/);
  });
});

describe('impact', () => {
  it('tells which versions descend from a version, data and a commit, for people and programs', async () => {
    work = await gitProject();
    const options = { cwd: work.dir };
    await cli.json(['init'], options);
    await cli.json([...REGISTER], options);
    await work.write('student.bin', 'small');
    await cli.json(['register', 'fraud-tiny', 'student.bin', '--base', 'fraud-detector@1'], options);
    await cli.json(['promote', 'fraud-tiny@1', 'production', '--reason', 'Small'], options);
    const { stdout } = await cli.run(['impact', 'data/train.csv'], options);
    expect(stdout).toContain('2 versions descend from data/train.csv: 1 in production, 1 candidate.');
    expect(stdout).toMatch(/fraud-tiny@1 +production .*through fraud-detector@1/);
    expect(stdout).toMatch(/fraud-detector@1 +candidate +auc 0\.912 .*directly/);
    const inside = { cwd: join(work.dir, 'data') };
    for (const of of ['train.csv', './train.csv', join(work.dir, 'data/train.csv'), 'data:train.csv'])
      expect(await cli.json(['impact', of], inside), of).toMatchObject({
        subject: { name: 'data/train.csv' },
        total: 2,
      });
    expect((await cli.run(['impact', 'data:data/typo.csv'], options)).stderr).toContain('IMPACT_UNKNOWN');
    expect((await cli.run(['impact', 'fraud-detector'], options)).stdout).toMatch(
      /from fraud-detector@1[\s\S]*newest version/,
    );
    const commit = await work.git('rev-parse', 'HEAD');
    expect(await cli.json(['impact', `commit:${commit.slice(0, 8)}`], options)).toMatchObject({ total: 2 });
    expect(await cli.json(['impact', 'fraud-detector@1'], options)).toMatchObject({
      subject: { kind: 'version', name: 'fraud-detector@1', version: { number: 1 } },
      total: 1,
      stages: [{ stage: 'production', count: 1 }],
      versions: [{ model: 'fraud-tiny', number: 1, isDirect: true, through: null }],
    });
    const graph = await cli.run(['lineage', 'fraud-tiny@1', '--graph'], options);
    expect(graph.stdout).toMatch(/^fraud-tiny@1 production\n {2}made from\n(.*\n)* {4}└─ fraud-detector@1 candidate\n/);
    expect(await cli.json(['lineage', 'data/train.csv', '--graph'], options)).toMatchObject({ subject: 'subject' });
    expect((await cli.run(['impact', 'numpy==9'], options)).stderr).toContain('IMPACT_UNKNOWN');
  });
});
