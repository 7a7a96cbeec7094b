import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyExample } from '../../examples/copy-example.mjs';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { REASON, type Workbench } from './harness/workbench.ts';

const MODEL_FILE = 'models/fraud/model.safetensors';

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

keepEvidenceOfFailures();

describe('from a training run to a rollback', () => {
  let dir = '';
  let workspace = '';
  let editor: Editor;
  let workbench: Workbench;
  let digestOfFirst = '';
  let openedAtMs = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-story-'));
    workspace = join(dir, 'fraud-detector');
    await copyExample(workspace);
    editor = await openEditor({ workspace, theme: 'dark' });
    openedAtMs = Date.now();
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.page.getByText('Nothing is registered yet').first().waitFor({ timeout: 60_000 });
  });

  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** A person has a minute from the opened folder to the first version, another one to its promotion, and ten seconds to be back. */
  function tellTime(what: string, sinceMs = openedAtMs): void {
    console.log(`${what} after ${((Date.now() - sinceMs) / 1000).toFixed(1)} s`);
  }

  /** Runs a task of the example, the default one unless named, and waits for the row of the version that it makes. */
  async function train(number: number, task?: string): Promise<void> {
    if (task === undefined) await workbench.runCommand('Tasks: Run Build Task');
    else await startTask(task);
    await workbench.treeRow(`Version ${number}`).waitFor();
    const seenAtMs = Date.now();
    const { mtimeMs } = await stat(join(workspace, MODEL_FILE));
    console.log(`Version ${number} was in the tree ${Math.round(seenAtMs - mtimeMs)} ms after its file was complete`);
  }

  /** The list of tasks lacks those of the folder until the editor has read its tasks.json. */
  async function startTask(task: string): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await workbench.runCommand('Tasks: Run Task');
      const isChosen = await workbench
        .quickPickRow(task)
        .click({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
      if (isChosen) return;
      await workbench.page.keyboard.press('Escape');
    }
    throw new Error(`The editor offers no task called ${task}.`);
  }

  async function promoteFromTree(number: number, reason: string): Promise<void> {
    await workbench.clickInlineAction(workbench.treeRow(`Version ${number}`), 'Promote');
    await workbench.choose('production');
    await workbench.answer(reason, REASON);
  }

  it('registers a version by itself when training is done, and says so', async () => {
    await train(1);
    tellTime('The first version');
    await workbench.notification(/fraud-detector@1 registered: auc 0\.\d+/).waitFor();
    digestOfFirst = await sha256Of(join(workspace, MODEL_FILE));
    await editor.screenshot('story-1-registered');
  });

  it('shows the version in the tree with its stage and headline metric', async () => {
    const row = workbench.treeRow('Version 1');
    expect(await row.innerText()).toMatch(/auc 0\.\d+ · candidate/);
  });

  it('promotes from the button beside the version', async () => {
    await promoteFromTree(1, 'First model for the launch');
    await workbench
      .treeRow(/^@\d+ fraud-detector/, workbench.view('Production'))
      .first()
      .waitFor();
    await workbench.notification('is in production').or(workbench.notification('production')).first().waitFor();
    await workbench.treeRow('Version 1').filter({ hasText: 'production' }).waitFor();
    tellTime('Promoted');
    await editor.screenshot('story-2-production');
  });

  it('compares a new version with the one in production in its message', async () => {
    await workbench.clearNotifications();
    await train(2, 'Train (balanced)');
    await workbench.notification(/fraud-detector@2 registered: auc 0\.\d+ \(\+0\.\d+ against production 1\)/).waitFor();
    await workbench.treeRow('Version 1').click();
    await workbench.webview(/fraud-detector@1/);
    await editor.screenshot('story-2-registered');
  });

  it('shows where a version came from on its page', async () => {
    const page = await workbench.webview(/fraud-detector@1/);
    for (const text of [
      'Stage history',
      'First model for the launch',
      'learning_rate',
      'data/train.csv',
      'calibration_error',
    ]) {
      await page.getByText(text).first().waitFor();
    }
  });

  it('compares two versions side by side', async () => {
    await workbench.treeRow('Version 2').click();
    await workbench.treeRow('Version 1').click({ modifiers: ['Control'] });
    await workbench.chooseFromMenu(workbench.treeRow('Version 1'), 'Compare');
    const page = await workbench.webview(/and|vs|Compar|fraud-detector@2.*fraud-detector@1|@1.*@2|@2.*@1/);
    await page.getByText('log_loss').first().waitFor();
    await page.getByText('fraud_weight').first().waitFor();
    await editor.screenshot('story-2-comparison');
  });

  it('moves version 1 out of production in the moment in which version 2 is promoted', async () => {
    await workbench.clearNotifications();
    await promoteFromTree(2, 'Better on the test set');
    await workbench.treeRow('Version 1').filter({ hasText: 'archived' }).waitFor();
    await workbench.treeRow('Version 2').filter({ hasText: 'production' }).waitFor();
    await editor.screenshot('story-3-promoted');
  });

  it('rolls back from the command palette with a pick and a reason', async () => {
    const wantedAtMs = Date.now();
    await workbench.runCommand('Model Registry: Roll Back…');
    await workbench.quickPickLabels();
    await editor.screenshot('story-4-rolling-back');
    await workbench.quickInput.press('Enter');
    await workbench.answer('Twice as many complaints since this morning', REASON);
    await workbench.treeRow('Version 2').filter({ hasText: 'archived' }).waitFor();
    await workbench.treeRow('Version 1').filter({ hasText: 'production' }).waitFor();
    await workbench
      .treeRow(/^@\d+ fraud-detector/, workbench.view('Production'))
      .filter({ hasText: '1' })
      .first()
      .waitFor();
    tellTime('Rolled back', wantedAtMs);
  });

  it('restores the files of the version in production, the same bytes as were trained', async () => {
    await workbench.clearNotifications();
    // Both rows are still selected from the comparison.
    await workbench.treeRow('Version 1').click();
    await workbench.chooseFromMenu(workbench.treeRow('Version 1'), 'Files', 'Restore Files');
    await workbench.answer('restored/first');
    await workbench.notification(/Restored/).waitFor();
    expect(await sha256Of(join(workspace, 'restored/first/model.safetensors'))).toBe(digestOfFirst);
  });

  it('takes an evaluation from a file of predictions, with its slices', async () => {
    await workbench.clearNotifications();
    const rows = Array.from(
      { length: 40 },
      (_, row) => `${row},${row % 2},${(row % 2) * 0.6 + 0.2},${row < 30 ? 'DE' : 'FR'}`,
    );
    await writeFile(join(workspace, 'predictions.csv'), `id,label,score,country\n${rows.join('\n')}\n`);
    await workbench.chooseFromMenu(workbench.treeRow('Version 1'), 'Edit', 'Attach Evaluation…');
    await workbench.choose('Predictions');
    await workbench.answer('predictions.csv', 'predictions.csv');
    await workbench.answer('holdout', 'data/holdout.csv');
    await workbench.answer('country', 'country,sex');
    const added = /evaluation was added to fraud-detector@1, computed from 40 predictions/;
    await workbench.clickNotificationButton(added, 'Show Version');
    const page = await workbench.webview(/fraud-detector@1/);
    for (const text of ['holdout', 'balanced_accuracy', 'country']) await page.getByText(text).first().waitFor();
    await editor.screenshot('story-6-evaluation');
  });

  it('tells who did what, when and why', async () => {
    await workbench.runCommand('Model Registry: Open Log');
    const lines = workbench.page.locator('.monaco-editor .view-line');
    for (const why of ['complaints', 'Better', 'launch']) await lines.filter({ hasText: why }).first().waitFor();
    await editor.screenshot('story-5-log');
  });

  it('looks right in a light theme too', async () => {
    const light = await openEditor({ workspace, theme: 'light' });
    try {
      await light.workbench.openContainer('Model Registry');
      await light.workbench.treeRow('Version 1').click();
      const page = await light.workbench.webview(/fraud-detector@1/);
      await page.getByText('Stage history').first().waitFor();
      await light.screenshot('story-6-light');
    } finally {
      await light.close();
    }
  });
});
