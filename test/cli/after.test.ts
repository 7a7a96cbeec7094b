import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openReceiver, type Received } from '../serving/receiver.ts';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace, writeTraining } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let told: Received[] = [];
beforeAll(async () => {
  cli = await buildCommandLine();
  receiver = await openReceiver((received, _request, response) => {
    told.push(received);
    response.writeHead(204).end();
  });
});
afterAll(async () => {
  receiver.close();
  await cli.dispose();
});

let work: Workspace;
beforeEach(async () => {
  told = [];
  work = await gitProject();
  await work.write(
    'model-registry.yaml',
    `models:
  fraud-detector:
    outputs: [models/fraud]
    deploy: deploy/fraud
    after: [{command: [${JSON.stringify(process.execPath)}, after.mjs]}]
webhooks:
  - {url: "${receiver.origin}/hook", events: [model_version_stage.changed, model_version_alias.created], name: ci}
`,
  );
  await work.write(
    'after.mjs',
    "import { appendFileSync } from 'node:fs';\nconst { MODEL_REGISTRY_KIND: kind, MODEL_REGISTRY_VERSION: version } = process.env;\nappendFileSync('ran.txt', kind + ' ' + version + '\\n');\nconsole.log('served ' + version);\n",
  );
  await run('init');
  await run(...REGISTER);
  await writeTraining(work, { weights: 'second', auc: 0.93 });
  await run(...REGISTER);
});
afterEach(() => work.dispose());

const run = (...args: readonly string[]) => cli.run(args, { cwd: work.dir });
const promote = (number: number, env: NodeJS.ProcessEnv = {}) =>
  cli.run(['promote', `fraud-detector@${number}`, 'production', '--reason', 'asked'], { cwd: work.dir, env });
const deployed = () => readFile(join(work.dir, 'deploy/fraud/weights.bin'), 'utf8');
const ran = () => readFile(join(work.dir, 'ran.txt'), 'utf8').catch(() => '');

describe('after a transition', () => {
  it('production is in the folder, and nothing of the project file runs or is told before somebody confirmed it', async () => {
    const promoted = await promote(1);
    expect(promoted).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Deployed fraud-detector@1 to deploy/fraud'),
    });
    expect(promoted.stderr).toMatch(/^note: .*after\.mjs didn't run: nobody has confirmed that/m);
    expect(promoted.stderr).toMatch(/^note: 127\.0\.0\.1:\d+ wasn't told: nobody has confirmed that/m);
    expect(await deployed()).toBe('first');
    expect([await ran(), told]).toEqual(['', []]);

    expect((await run('after')).stdout).toContain('not confirmed');
    expect((await run('after', 'confirm')).stdout).not.toContain('not confirmed');
    const secret = { MODEL_REGISTRY_WEBHOOK_SECRET_CI: 'a secret' };
    const second = await promote(2, secret);
    expect(second).toMatchObject({ code: 0, stderr: expect.stringMatching(/▸ .*after\.mjs\nserved 2\n/) });
    expect(await deployed()).toBe('second');
    expect(await ran()).toBe('promote 2\n');
    expect(told).toHaveLength(1);
    expect(told[0]?.headers).toHaveProperty('x-mlflow-signature', expect.stringMatching(/^v1,/));

    expect((await run('rollback', 'fraud-detector', '--reason', 'Complaints')).code).toBe(0);
    expect(await deployed()).toBe('first');
    expect(await ran()).toBe('promote 2\nrollback 1\n');
    await run('alias', 'set', 'fraud-detector', 'champion', 'fraud-detector@1');
    expect(told.map(({ body }) => JSON.parse(body).entity)).toEqual([
      'model_version_stage',
      'model_version_stage',
      'model_version_alias',
    ]);

    // Another script than the one that was confirmed, under the same name.
    const script = join(work.dir, 'after.mjs');
    await writeFile(script, `${await readFile(script, 'utf8')}\n// and more`);
    expect((await promote(2)).stderr).toContain("after.mjs didn't run: nobody has confirmed that");
    // Another command.
    await work.write(
      'model-registry.yaml',
      (await readFile(join(work.dir, 'model-registry.yaml'), 'utf8')).replace('after.mjs', 'other.mjs'),
    );
    expect((await promote(1)).stderr).toContain("other.mjs didn't run: nobody has confirmed that");
    await run('after', 'forget');
    told = [];
    await promote(2, { MODEL_REGISTRY_AFTER: 'off' });
    await promote(1);
    expect(told).toEqual([]);
    await promote(2, { MODEL_REGISTRY_AFTER: 'run' });
    expect(told).toHaveLength(1);
  });

  it('what isn’t shared yet is deployed, and the rest follows once it is shared, once', async () => {
    const shared = await mkdtemp(join(tmpdir(), 'model-registry-shared-'));
    try {
      await run('remote', 'add', shared);
      await run('after', 'confirm');
      const offline = await run('--offline', 'promote', 'fraud-detector@1', 'production', '--reason', 'on a train');
      expect(offline).toMatchObject({ code: 3, stdout: expect.stringContaining('Deployed fraud-detector@1') });
      expect([await ran(), told]).toEqual(['', []]);
      expect((await run('sync')).stderr).toContain('served 1');
      expect(await ran()).toBe('promote 1\n');
      expect(told).toHaveLength(1);
      await run('sync');
      expect(told).toHaveLength(1);
    } finally {
      await rm(shared, { recursive: true, force: true });
    }
  });

  it('a folder that can’t be deployed to fails nothing, and is named', async () => {
    await mkdir(join(work.dir, 'deploy/fraud'), { recursive: true });
    await work.write('deploy/fraud/mine.txt', 'mine');
    const promoted = await promote(1);
    expect(promoted).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("wasn't deployed, although that is recorded"),
    });
    expect(await readFile(join(work.dir, 'deploy/fraud/mine.txt'), 'utf8')).toBe('mine');
    const again = await run('deploy');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: TARGET_NOT_LINK: /) });
  });

  it('a project file that can’t be used fails nothing', async () => {
    await work.write('model-registry.yaml', 'models: [\n');
    const aliased = await run('alias', 'set', 'fraud-detector', 'champion', 'fraud-detector@1');
    expect(aliased).toMatchObject({ code: 0, stderr: expect.stringContaining('What should follow in this folder') });
  });
});

describe('deploy', () => {
  it('brings the folder to what is in production, and checks it byte by byte', async () => {
    expect((await run('deploy')).stdout).toBe('Nothing of fraud-detector is in production\n');
    await cli.run(['-C', work.dir, 'promote', 'fraud-detector@1', 'production', '--reason', 'x'], { cwd: work.dir });
    expect((await run('deploy', '--check')).stdout).toBe('fraud-detector@1 is in deploy/fraud, verified\n');
    expect((await run('deploy')).stdout).toBe('fraud-detector@1 is in deploy/fraud already\n');
    await work.write('deploy/fraud/weights.bin', 'other');
    expect(await run('deploy', '--check')).toMatchObject({ code: 1, stdout: expect.stringContaining('were changed') });
    expect((await run('deploy', 'fraud-detector')).stdout).toContain('Files that were changed there are in');
    expect(await deployed()).toBe('first');
    const [json] = JSON.parse((await run('--json', 'deploy', '--check')).stdout);
    expect(json).toMatchObject({ state: 'deployed', production: { number: 1 }, deployed: { version: 1 } });
    expect(await run('deploy', 'other')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DEPLOY_UNDECLARED'),
    });
  });

  it('doesn’t follow a link out of the workspace', async () => {
    await symlink('/tmp', join(work.dir, 'deploy'));
    expect((await promote(1)).stderr).toContain('outside of the workspace, so nothing is written there');
  });
});
