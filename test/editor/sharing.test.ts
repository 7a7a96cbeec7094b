import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../storage/azure/azurite.ts';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { repositoryRoot } from './harness/install.ts';
import { REASON, type Workbench } from './harness/workbench.ts';

const run = promisify(execFile);
keepEvidenceOfFailures();

describe('two people who share a registry', () => {
  let dir = '';
  let azurite: Azurite;
  let url = '';
  let editor: Editor;
  let ann: Workbench;
  let bob: Workbench;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-sharing-'));
    azurite = await startAzurite();
    url = await azurite.container();
    for (const name of ['Ann', 'Bob']) {
      const workspace = join(dir, name.toLowerCase());
      await mkdir(workspace);
      await run('git', ['init', '-q', workspace]);
      await run('git', ['-C', workspace, 'config', 'user.name', name]);
      await run('git', ['-C', workspace, 'config', 'user.email', `${name.toLowerCase()}@example.com`]);
    }
    await cli('ann', 'init');
    for (const [index, auc] of ['0.91', '0.92', '0.93'].entries()) {
      await writeFile(join(dir, 'ann/model.bin'), `weights ${index}`);
      await cli('ann', 'register', 'fraud', 'model.bin', '--metrics', `auc=${auc}`);
    }
    await cli('ann', 'remote', 'add', url);
    await cli('bob', 'init');
    editor = await openEditor({
      workspace: join(dir, 'ann'),
      environment: environment(),
    });
    ann = editor.workbench;
    await ann.openContainer('Model Registry');
    await ann.treeRow('Version 3').waitFor({ timeout: 60_000 });
    bob = await editor.openWindow(join(dir, 'bob'));
    await bob.openContainer('Model Registry');
  });

  afterAll(async () => {
    await editor?.close();
    await azurite?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function cli(person: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [join(repositoryRoot, 'dist/cli.js'), ...args], {
      cwd: join(dir, person),
      env: { ...process.env, ...environment() },
    });
    return stdout;
  }

  /** What the editors and the command line have in common: a credential, and what they remember of their user, who trusts this storage. */
  function environment(): Record<string, string> {
    return {
      AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString,
      MODEL_REGISTRY_STATE_DIR: join(dir, 'state'),
    };
  }

  async function promote(window: Workbench, number: number, reason: string): Promise<void> {
    await window.clickInlineAction(models(window, `Version ${number}`), 'Promote');
    await window.choose('production');
    await window.answer(reason, REASON);
  }

  function models(window: Workbench, label: string): Locator {
    return window.treeRow(label, window.view('Models'));
  }

  function production(window: Workbench, number: number): Locator {
    return window.treeRow(`@${number} fraud`, window.view('Production'));
  }

  /** The machine's own report shows in the window. */
  function serves(window: Workbench, number: number): Promise<void> {
    return production(window, number).filter({ hasText: 'on 1 machine' }).waitFor({ timeout: 60_000 });
  }

  it('connect by the container’s URL, and see the same', async () => {
    await ann.statusBarItem('synced').waitFor();
    await bob.runCommand('Model Registry: Connect Shared Storage…');
    await bob.answer(url, 'https://ACCOUNT.blob.core.windows.net/CONTAINER');
    await bob.choose('Use the environment');
    await bob.choose('As they are registered');
    await bob.clickDialogButton('Connect');
    await bob.notification('The registry is shared through').waitFor();
    await models(bob, 'Version 3').waitFor();
    await bob.statusBarItem('synced').waitFor();
    await bob.clearNotifications();
  });

  it('see within seconds what the other promotes', async () => {
    await promote(ann, 1, 'First model for the launch');
    // From the moment in which the person has given the reason.
    const askedAtMs = Date.now();
    await production(bob, 1).waitFor();
    console.log(`The other window showed the promotion after ${Date.now() - askedAtMs} ms`);
    await production(ann, 1).waitFor();
    await bob.statusBarItem('synced').waitFor();
  });

  it('go on while the storage is away; afterwards one promotion stands, and the other is a card', async () => {
    await azurite.goAway();
    await promote(ann, 2, 'Better on the new data');
    await promote(bob, 3, 'Best of the week');
    await production(ann, 2).waitFor();
    await production(bob, 3).waitFor();
    await ann.statusBarItem(/offline since .*1 pending/).waitFor();
    await bob.statusBarItem(/offline since .*1 pending/).waitFor();
    await azurite.comeBack();
    const backAtMs = Date.now();
    await Promise.race([ann.statusBarItem('1 refused').waitFor(), bob.statusBarItem('1 refused').waitFor()]);
    const loser = (await ann.statusBarItem('1 refused').isVisible()) ? ann : bob;
    const winner = loser === ann ? bob : ann;
    const standing = winner === ann ? 2 : 3;
    await winner.statusBarItem('synced').waitFor();
    await Promise.all([production(ann, standing).waitFor(), production(bob, standing).waitFor()]);
    console.log(`What was done offline stood in both windows ${Date.now() - backAtMs} ms after the storage was back`);
    const card = loser.view('Shared Work');
    const facts = ['Mine', 'Theirs', 'Why', 'Again'].map((name) => loser.treeRow(name, card));
    for (const fact of facts) await fact.waitFor();
    expect(await loser.treeRow('Theirs', card).innerText()).toContain(`Promoted fraud@${standing} to production`);
    expect(await loser.treeRow('Theirs', card).innerText()).toContain(winner === ann ? 'Ann' : 'Bob');
    await loser.page.screenshot({ path: join(repositoryRoot, 'out/screenshots/refused.png') });

    await loser.clearNotifications();
    await loser.clickInlineAction(card.locator('.monaco-list-row').first(), 'Apply Again');
    const wanted = standing === 2 ? 3 : 2;
    await Promise.all([production(ann, wanted).waitFor(), production(bob, wanted).waitFor()]);
    await loser.statusBarItem('synced').waitFor();
  });

  it('have a rollback in the editor reach the machine that serves, and its command', async () => {
    const server = join(dir, 'server');
    await mkdir(server);
    const before = Number(/@(\d) fraud/.exec(await production(ann, 2).or(production(ann, 3)).innerText())?.[1]);
    const args = ['follow', 'fraud@production', '--remote', url, '--cache', 'copy', '--to', 'model', '--every', '1'];
    args.push('--report', 'gpu-1');
    const following = spawn(
      process.execPath,
      [join(repositoryRoot, 'dist/cli.js'), ...args, '--exec', 'echo now $MODEL_REGISTRY_VERSION'],
      {
        cwd: server,
        env: { ...process.env, ...environment() },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const said = createInterface(following.stdout)[Symbol.asyncIterator]();
      expect((await said.next()).value).toBe(`now ${before}`);
      await said.next();
      await serves(ann, before);
      await ann.clickInlineAction(production(ann, before), 'Roll Back');
      await ann.quickPickLabels();
      await ann.quickInput.press('Enter');
      await ann.answer('Complaints', REASON);
      const askedAtMs = Date.now();
      const after = before === 2 ? 3 : 2;
      expect((await said.next()).value).toBe(`now ${after}`);
      console.log(`The serving machine ran its command ${Date.now() - askedAtMs} ms after the rollback was asked for`);
      expect(await readFile(join(server, 'model/model.bin'), 'utf8')).toBe(`weights ${after - 1}`);
      await serves(ann, after);
      console.log(`The window showed that the machine serves it after ${Date.now() - askedAtMs} ms`);
      await ann.expand(production(ann, after));
      expect(await ann.treeRow('gpu-1', ann.view('Production')).innerText()).toContain(`serves ${after}`);
      await ann.page.screenshot({ path: join(repositoryRoot, 'out/screenshots/serving.png') });
      expect(await cli('bob', 'serving')).toMatch(new RegExp(`gpu-1 +fraud@production +${after} `));
    } finally {
      following.kill('SIGTERM');
    }
  });

  it('get what the command line registers, with its files', async () => {
    await writeFile(join(dir, 'ann/model.bin'), 'weights of a new run');
    await cli('ann', 'register', 'fraud', 'model.bin', '--metrics', 'auc=0.95');
    await models(bob, 'Version 4').waitFor();
    expect(await cli('bob', 'pull', 'fraud@4', '--to', 'restored')).toContain('fraud@4');
  });
});
