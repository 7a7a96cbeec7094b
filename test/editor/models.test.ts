import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { REASON, type Workbench } from './harness/workbench.ts';

keepEvidenceOfFailures();

const ADA = { name: 'Ada Lovelace', email: 'ada@example.org' };
const DAY_MS = 86_400_000;

describe('a model with a history', () => {
  let dir = '';
  let workspace = '';
  let registry: Registry;
  let editor: Editor;
  let workbench: Workbench;
  let now = Date.now() - 60 * DAY_MS;

  async function register(model: string, auc: number, params: Readonly<Record<string, string>> = {}): Promise<void> {
    now += 3_600_000;
    const file = join(dir, 'model.bin');
    await writeFile(file, `${model} ${auc} ${JSON.stringify(params)}`);
    await registry.register({ model, paths: [file], metrics: { auc, loss: 1 - auc }, params });
  }

  async function promote(ref: string, stage: string, reason: string): Promise<void> {
    now += DAY_MS;
    await registry.promote({ ref, stage, reason });
  }

  /** Two versions that served, a rollback, and a sweep of twelve after it. */
  async function makeHistory(): Promise<void> {
    await register('fraud', 0.81);
    await promote('fraud@1', 'production', 'First model');
    now += 10 * DAY_MS;
    await register('fraud', 0.86);
    await promote('fraud@2', 'production', 'Merchant graph');
    await registry.rollback({ model: 'fraud', reason: 'Complaints about refunds' });
    now += 10 * DAY_MS;
    for (let run = 0; run < 12; run += 1) {
      now -= 3_000_000;
      await register('fraud', 0.84 + ((run * 5) % 12) / 150, {
        learning_rate: String(10 ** -(1 + run / 4)),
        depth: '6',
      });
    }
    await register('churn', 0.7);
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-models-'));
    workspace = join(dir, 'scoring');
    await mkdir(workspace);
    await writeFile(join(workspace, 'README.md'), '# Scoring\n');
    const registryDir = join(workspace, '.model-registry');
    await initRegistry({ dir: registryDir });
    const stateDir = join(dir, 'state');
    registry = await openRegistry({ dir: registryDir, author: ADA, via: 'cli', stateDir, clock: () => now });
    await makeHistory();
    await registry.close();
    editor = await openEditor({ workspace, theme: 'dark' });
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.treeRow('Version 14').waitFor({ timeout: 60_000 });
  });

  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const modelsView = () => workbench.view('Models');

  /** The page of a version. The frame of the one before has its title, too, until it is gone. */
  async function shown(number: number): Promise<Frame> {
    for (;;) {
      const frame = await workbench.webview(new RegExp(`^fraud@${number}$`));
      const heading = frame.getByRole('heading', { name: `@${number}` });
      const isShown = await heading.waitFor({ timeout: 1000 }).then(
        () => true,
        () => false,
      );
      if (isShown) return frame;
    }
  }

  it('has the runs of a sweep as one row, and what serves on top', async () => {
    const rows = modelsView().locator('.monaco-list-row .label-name');
    await workbench.treeRow('11 sweep runs').waitFor();
    expect((await rows.allInnerTexts()).map((text) => text.trim())).toEqual([
      'churn',
      'Version 1',
      'fraud',
      'Version 1',
      'Version 14',
      '11 sweep runs',
      'Version 2',
    ]);
    await workbench.expand(workbench.treeRow('11 sweep runs'));
    await workbench.treeRow('Version 3').waitFor();
    await editor.screenshot('models-1-tree');
  });

  it('shows on its page how its versions measured, and what was in production when', async () => {
    await workbench.runCommand('Model Registry: Show Model…');
    await workbench.choose('fraud');
    const page = await workbench.webview(/^fraud$/);
    await page.locator('.version-chart canvas').waitFor();
    const text = await page.locator('main').innerText();
    for (const expected of ['14 versions:', 'higher is better', 'Complaints about refunds', 'brought back']) {
      expect(text).toContain(expected);
    }
    await page.locator('.version-chart').focus();
    await workbench.page.keyboard.press('End');
    await page.locator('.chart-glance').getByText('registered').waitFor();
    await editor.screenshot('models-2-page');
    const before = new Date(Date.now() - 55 * DAY_MS).toISOString().slice(0, 16);
    await page.getByLabel('What was in production on').fill(before);
    await page.locator('.moment-answer').getByText('fraud@1').waitFor();
  });

  it('shows a param against the metric, and compares what is selected there', async () => {
    const page = await workbench.webview(/^fraud$/);
    await page.getByLabel('Against', { exact: true }).selectOption('param:learning_rate');
    await page.getByText('logarithmic lower axis').waitFor();
    const box = await page.locator('.u-over').boundingBox();
    if (!box) throw new Error('There is no chart.');
    const { mouse } = workbench.page;
    await mouse.move(box.x + 4, box.y + 4);
    await mouse.down();
    await mouse.move(box.x + box.width - 4, box.y + box.height - 4, { steps: 5 });
    await mouse.up();
    await page.getByText('12 versions selected').waitFor();
    const boxes = page.locator('.selected-versions input[type=checkbox]');
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await editor.screenshot('models-3-params');
    await page.getByRole('button', { name: 'Compare' }).click();
    await (await workbench.webview(/Compare fraud@/)).getByText('learning_rate').first().waitFor();
  });

  it('shows the versions of rows in one tab, until something is done with one of them', async () => {
    const { page } = workbench;
    const rows = (name: string) => modelsView().locator('.monaco-list-row .label-name', { hasText: name });
    const pages = workbench.tab(/^fraud@\d+$/);
    await rows('Version 14').click();
    await shown(14);
    await rows('Version 13').click();
    const second = await shown(13);
    expect(await pages.allInnerTexts()).toEqual(['fraud@13']);
    // Read, and nothing more.
    await second.locator('main').hover();
    await page.mouse.wheel(0, 200);
    await rows('Version 14').click();
    await (await shown(14)).getByRole('button', { name: 'Copy artifact digest' }).click();
    await rows('Version 13').dblclick();
    await shown(13);
    await rows('Version 12').click();
    await shown(12);
    await expect.poll(() => pages.allInnerTexts()).toEqual(['fraud@14', 'fraud@13', 'fraud@12']);
  });

  it('is narrowed to what a filter finds, after which what was closed is closed again', async () => {
    const fraud = workbench.treeRow('fraud', modelsView());
    await workbench.expand(fraud);
    await fraud.locator('.monaco-tl-twistie').click();
    await modelsView().locator('.monaco-list-row[aria-label^="Model fraud,"][aria-expanded="false"]').waitFor();
    await workbench.runCommand('Model Registry: Filter Models…');
    await workbench.answer('churn');
    await workbench.treeRow('fraud', modelsView()).waitFor({ state: 'detached' });
    await workbench.treeRow('churn', modelsView()).waitFor();
    // The palette has the command that ends the filter once the title of the view tells of it.
    await modelsView().getByText('“churn”').waitFor();
    await editor.screenshot('models-4-filter');
    await workbench.runCommand('Model Registry: End the Filter of Models');
    await fraud.waitFor();
    expect(await fraud.getAttribute('aria-expanded')).toBe('false');
    await workbench.expand(fraud);
  });

  it('keeps a filter that is being typed when a row is clicked, and shows that row, however long the button is held', async () => {
    await workbench.runCommand('Model Registry: Filter Models…');
    await workbench.page.getByPlaceholder('Name of a model').fill('auc>0.86');
    const found = workbench.treeRow(/^\s*fraud \d+\s*$/, modelsView());
    await modelsView().getByText('“auc>0.86”').waitFor();
    const row = found.nth(2);
    const number = /\d+/.exec(await row.locator('.label-name').innerText())?.[0] ?? '';
    await row.hover();
    await workbench.page.mouse.down();
    await workbench.page.waitForTimeout(500);
    await workbench.page.mouse.up();
    await workbench.webview(new RegExp(`^fraud@${number}\\b`));
    await workbench.quickInputWidget.waitFor({ state: 'hidden' });
    expect(await found.nth(2).locator('.label-name').innerText()).toContain(number);
    // Whoever types a filter uses no row of it; now its actions are there.
    await row.hover();
    await row.getByRole('button', { name: /^Promote/ }).waitFor();
    await workbench.runCommand('View: Close Editor');
    // The page behind it takes the keyboard when it is there.
    await shown(13);
    await workbench.runCommand('Model Registry: End the Filter of Models');
    await workbench.treeRow('churn', modelsView()).waitFor();
  });

  it('keeps a filter that is being typed when a row is opened, or something is chosen from its menu', async () => {
    await workbench.runCommand('Model Registry: Filter Models…');
    await workbench.page.getByPlaceholder('Name of a model').waitFor();
    await workbench.page.keyboard.type('churn', { delay: 150 });
    const churn = workbench.treeRow('churn', modelsView());
    await workbench.treeRow('fraud', modelsView()).waitFor({ state: 'detached' });
    await modelsView().getByText('“churn”').waitFor();
    expect(await churn.getAttribute('aria-expanded')).toBe('true');
    await churn.locator('.monaco-tl-twistie').click();
    await workbench.quickInputWidget.waitFor({ state: 'hidden' });
    await modelsView().getByText('“churn”').waitFor();
    await workbench.runCommand('Model Registry: End the Filter of Models');
    await workbench.runCommand('Model Registry: Filter Models…');
    await workbench.page.getByPlaceholder('Name of a model').fill('auc>0.86');
    const row = workbench.treeRow(/^\s*fraud \d+\s*$/, modelsView()).first();
    await modelsView().getByText('“auc>0.86”').waitFor();
    await workbench.chooseFromMenu(row, 'Promote');
    await workbench.page.getByPlaceholder(/^To which stage/).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.quickInputWidget.waitFor({ state: 'hidden' });
    await row.waitFor();
    await modelsView().getByText('“auc>0.86”').waitFor();
    await workbench.runCommand('Model Registry: End the Filter of Models');
    await churn.waitFor();
  });

  it('is grouped by stage, and a version that is dropped on a stage is moved there', async () => {
    await workbench.runCommand('Model Registry: Group and Sort Models…');
    await workbench.choose('Stage');
    await workbench.page.keyboard.press('Escape');
    const fraud = modelsView().locator('.monaco-list-row[aria-label^="fraud,"]');
    await fraud.filter({ hasText: 'staging' }).waitFor();
    await workbench.expand(fraud.filter({ hasText: 'candidate' }));
    const version = workbench.treeRow('Version 14', modelsView());
    await version.waitFor();
    await editor.screenshot('models-5-stages');
    await workbench.dragUntilAsked(version, fraud.filter({ hasText: 'staging' }), REASON);
    await workbench.answer('Best of the sweep', REASON);
    await fraud.filter({ hasText: 'staging' }).filter({ hasText: '1' }).waitFor();
    // The stage says it for all below it; to whoever hears the rows, each says it.
    await version.and(modelsView().locator('[aria-label*="staging"]')).waitFor();
    const serving = workbench.view('Production').locator('.monaco-list-row');
    await workbench.dragUntilAsked(version, serving.filter({ hasText: '@1 fraud' }), REASON);
    await workbench.answer('Better than what serves', REASON);
    await serving.filter({ hasText: '@14 fraud' }).waitFor();
  });

  it('tells in the Activity view who did what, narrowed to promotions', async () => {
    const activity = workbench.view('Activity');
    await activity.locator('.pane-header').click();
    await activity.getByRole('treeitem', { name: /^Promoted fraud@14 to production in place of 1/ }).waitFor();
    await workbench.runCommand('Model Registry: Filter Activity…');
    await workbench.choose('By kind…');
    await workbench.choose('Promotions, rollbacks and other changes of stage');
    await workbench.page.locator('.quick-input-widget:visible').getByText('OK').click();
    await activity.getByRole('treeitem', { name: /^Registered churn@1/ }).waitFor({ state: 'detached' });
    const rolledBack = activity.getByRole('treeitem', { name: /^Rolled production back to fraud@1/ }).first();
    await rolledBack.waitFor();
    await editor.screenshot('models-6-activity');
    await rolledBack.click();
    await workbench.webview(/fraud@1/);
  });

  it('comes back after the window was reloaded', async () => {
    await workbench.tab(/^fraud$/).click();
    await (await workbench.webview(/^fraud$/)).locator('.version-chart canvas').waitFor();
    await workbench.treeRow('churn', modelsView()).click();
    await workbench.runCommand('Developer: Reload Window');
    await workbench.waitUntilReady();
    const page = await workbench.webview(/^fraud$/, 60_000);
    await page.locator('.version-chart canvas').waitFor();
    await page.getByText('logarithmic lower axis').waitFor();
    await workbench.openContainer('Model Registry');
    await workbench.treeRow('Version 14', modelsView()).waitFor();
    await workbench.setSideBarWidth(220);
    await editor.screenshot('models-7-narrow');
  });
});
