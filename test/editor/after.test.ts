import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReceiver, type Received } from '../serving/receiver.ts';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { repositoryRoot } from './harness/install.ts';
import { REASON, type Workbench } from './harness/workbench.ts';

const run = promisify(execFile);
keepEvidenceOfFailures();

describe('what follows a transition', () => {
  let dir = '';
  let workspace = '';
  let editor: Editor;
  let workbench: Workbench;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let host = '';
  const told: Received[] = [];
  const waiting = new Set<() => void>();

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-after-'));
    workspace = join(dir, 'fraud');
    receiver = await openReceiver((received, _request, response) => {
      told.push(received);
      response.writeHead(200).end();
      for (const look of waiting) look();
    });
    host = new URL(receiver.origin).host;
    await mkdir(workspace);
    await writeFile(
      join(workspace, 'model-registry.yaml'),
      `models:
  fraud:
    outputs: [models/**]
    deploy: deploy/fraud
    after: [{command: [${JSON.stringify(process.execPath)}, -e, "console.log('served ' + process.env.MODEL_REGISTRY_VERSION)"]}]
webhooks:
  - {url: "http://${host}/hook", events: [model_version_stage.changed]}
`,
    );
    await cli('init');
    await mkdir(join(dir, 'files'));
    for (const number of [1, 2]) {
      await writeFile(join(dir, 'files/model.bin'), `weights ${number}`);
      await cli('register', 'fraud', join(dir, 'files/model.bin'), '--metrics', `auc=0.9${number}`);
    }
    editor = await openEditor({ workspace, environment: environment() });
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.treeRow('Version 2').waitFor({ timeout: 60_000 });
  });

  afterAll(async () => {
    await editor?.close();
    receiver?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const environment = () => ({ MODEL_REGISTRY_STATE_DIR: join(dir, 'state') });

  async function cli(...args: readonly string[]): Promise<void> {
    await run(process.execPath, [join(repositoryRoot, 'dist/cli.js'), ...args], {
      cwd: workspace,
      env: { ...process.env, ...environment(), MODEL_REGISTRY_AFTER: 'off' },
    });
  }

  async function promote(number: number): Promise<void> {
    await workbench.clickInlineAction(workbench.treeRow(`Version ${number}`), 'Promote');
    await workbench.choose('production');
    await workbench.answer('Better on the test set', REASON);
  }

  const deployed = () => readFile(join(workspace, 'deploy/fraud/model.bin'), 'utf8').catch(() => '');
  const deployRow = () => workbench.treeRow('deploy/fraud', workbench.view('Production'));

  /** Waits for so many messages. */
  const messages = (count: number) =>
    new Promise<void>((done) => {
      const look = () => {
        if (told.length < count) return;
        waiting.delete(look);
        done();
      };
      waiting.add(look);
      look();
    });

  it('asks once before anything is sent to a host, and then for the secret that signs it', async () => {
    const question = workbench.notification(/wants to tell 127\.0\.0\.1/);
    // On a slow machine it has left the corner already, and is among those that are kept.
    const isShown = await question.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (!isShown) await workbench.runCommand('Notifications: Show Notifications');
    await question.waitFor();
    await editor.screenshot('after-1-question');
    await workbench.clickNotificationButton(/wants to tell 127\.0\.0\.1/, 'Allow');
    await workbench.quickInputWidget.getByText('It signs what is sent').waitFor();
    await workbench.answer('a secret');
  });

  it('puts what is promoted into the folder, shows that, runs the command, and tells the host', async () => {
    await promote(1);
    await workbench
      .treeRow(/^@1 fraud/, workbench.view('Production'))
      .filter({ hasText: 'deployed' })
      .waitFor();
    await workbench.expand(workbench.treeRow(/^@1 fraud/, workbench.view('Production')));
    await deployRow().filter({ hasText: 'has 1' }).waitFor();
    expect(await deployed()).toBe('weights 1');
    await messages(1);
    const [{ headers, body } = { headers: {}, body: '' }] = told;
    const signed = `${headers['x-mlflow-delivery-id']}.${headers['x-mlflow-timestamp']}.${body}`;
    expect(headers['x-mlflow-signature']).toBe(
      `v1,${createHmac('sha256', 'a secret').update(signed).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({ entity: 'model_version_stage', data: { to_stage: 'production' } });
    await editor.screenshot('after-2-deployed');
  });

  it('follows what others promote, and what is rolled back from the palette, which says what it restores', async () => {
    await cli('promote', 'fraud@2', 'production', '--reason', 'by a colleague');
    await deployRow().filter({ hasText: 'has 2' }).waitFor();
    expect(await deployed()).toBe('weights 2');
    await workbench.runCommand('Model Registry: Roll Back…');
    await workbench.quickPickLabels();
    await workbench.quickInputWidget
      .getByText(/was in production/)
      .first()
      .waitFor();
    await editor.screenshot('after-3-rolling-back');
    await workbench.quickInput.press('Enter');
    await workbench.answer('Twice as many complaints', REASON);
    await deployRow().filter({ hasText: 'has 1' }).waitFor();
    expect(await deployed()).toBe('weights 1');
    await messages(2);
    // The colleague told their own.
    expect(told.map(({ body }) => JSON.parse(body).data.kind)).toEqual(['promote', 'rollback']);
  });

  it('says where something else is in the folder, and brings it up to date when that is out of the way', async () => {
    await rm(join(workspace, 'deploy'), { recursive: true });
    await mkdir(join(workspace, 'deploy/fraud'), { recursive: true });
    await writeFile(join(workspace, 'deploy/fraud/mine.txt'), 'mine');
    await promote(2);
    await workbench.notification(/isn’t deployed to deploy\/fraud/).waitFor();
    await workbench
      .treeRow(/^@2 fraud/, workbench.view('Production'))
      .filter({ hasText: 'deploy out of step' })
      .waitFor();
    await workbench.statusBarItem('fraud 2').first().waitFor();
    await editor.screenshot('after-4-out-of-step');
    expect((await lstat(join(workspace, 'deploy/fraud'))).isDirectory()).toBe(true);
    await rm(join(workspace, 'deploy/fraud'), { recursive: true });
    await workbench.runCommand('Model Registry: Deploy What Is in Production');
    await workbench
      .treeRow(/^@2 fraud/, workbench.view('Production'))
      .filter({ hasText: 'deployed' })
      .waitFor();
    expect(await deployed()).toBe('weights 2');
  });

  it('isn’t done in Restricted Mode: nothing is deployed, nobody is asked', async () => {
    const restricted = join(dir, 'restricted');
    await mkdir(restricted);
    await writeFile(
      join(restricted, 'model-registry.yaml'),
      await readFile(join(workspace, 'model-registry.yaml'), 'utf8'),
    );
    const env = { ...process.env, ...environment(), MODEL_REGISTRY_AFTER: 'off' };
    const there = (...args: readonly string[]) =>
      run(process.execPath, [join(repositoryRoot, 'dist/cli.js'), ...args], { cwd: restricted, env });
    await there('init');
    await there('register', 'fraud', join(dir, 'files/model.bin'));
    await there('promote', 'fraud@1', 'production', '--reason', 'first');
    await rm(join(restricted, 'deploy'), { recursive: true });
    const other = await openEditor({ workspace: restricted, isTrusted: false, environment: environment() });
    try {
      await other.workbench.openContainer('Model Registry');
      await other.workbench.treeRow(/^@1 fraud/, other.workbench.view('Production')).waitFor({ timeout: 60_000 });
      await expect(lstat(join(restricted, 'deploy'))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await other.workbench.notification(/wants to tell/).count()).toBe(0);
    } finally {
      await other.close();
    }
  });
});
