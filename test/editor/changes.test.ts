import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { repositoryRoot } from './harness/install.ts';
import type { Workbench } from './harness/workbench.ts';

const CLI = join(repositoryRoot, 'dist/cli.js');

keepEvidenceOfFailures();

describe('what changed', () => {
  let dir = '';
  let workspace = '';
  let editor: Editor;
  let workbench: Workbench;

  function run(...args: readonly string[]): void {
    execFileSync(process.execPath, [CLI, '-C', workspace, ...args], { encoding: 'utf8' });
  }

  function git(...args: readonly string[]): void {
    const who = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.org'];
    execFileSync('git', [...who, ...args], { cwd: workspace });
  }

  async function train(message: string, learningRate: string, auc: number): Promise<void> {
    await writeFile(join(workspace, 'train.py'), `learning_rate = ${learningRate}\nprint("training")\n`);
    await writeFile(join(workspace, 'features.py'), `FEATURES = [${'"amount", '.repeat(auc > 0.9 ? 3 : 1)}]\n`);
    await writeFile(join(workspace, 'data/train.csv'), `amount,label\n${learningRate},1\n`);
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    await writeFile(join(workspace, 'out/model.bin'), `weights ${learningRate}`);
    const values = ['--metrics', `auc=${auc}`, '--params', `learning_rate=${learningRate}`, '--data', 'data/train.csv'];
    run('register', 'fraud-detector', 'out/model.bin', ...values);
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-changes-'));
    workspace = join(dir, 'fraud-detector');
    await mkdir(join(workspace, 'out'), { recursive: true });
    await mkdir(join(workspace, 'data'));
    git('init', '--quiet');
    await writeFile(join(workspace, '.gitignore'), 'out/\n');
    run('init');
    await train('First model', '0.1', 0.89);
    run('promote', 'fraud-detector@1', 'production', '--reason', 'First');
    await train('More features', '0.2', 0.93);
    run('promote', 'fraud-detector@2', 'production', '--reason', 'Better');
    editor = await openEditor({ workspace, theme: 'dark' });
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.treeRow('Version 2').waitFor();
  });

  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('is told from the palette, between production and the version before it', async () => {
    await workbench.runCommand('Model Registry: What Changed?');
    const page = await workbench.webview(/fraud-detector@1 → @2/);
    await page.getByText('1 commit by Ada Lovelace changes 3 files').waitFor();
    await page.locator('tr', { hasText: 'More features' }).waitFor();
    expect(await page.locator('main').innerText()).toMatch(/learning_rate\s+0\.1\s+0\.2/);
    await editor.screenshot('changes-dark');
  });

  it('opens a changed file in the editor’s own comparison, as it was in both versions', async () => {
    const page = await workbench.webview(/fraud-detector@1 → @2/);
    await page.getByRole('button', { name: /train\.py/ }).click();
    await workbench.tab(/train\.py \(fraud-detector@1 ↔ @2\)/).waitFor();
    const side = (name: string) => workbench.page.locator(`.part.editor .editor.${name} .view-line`);
    await side('original')
      .filter({ hasText: /learning_rate\s=\s0\.1/ })
      .waitFor();
    await side('modified')
      .filter({ hasText: /learning_rate\s=\s0\.2/ })
      .waitFor();
    await editor.screenshot('changes-diff');
  });

  it('opens all changed files in one tab', async () => {
    await workbench.tab(/fraud-detector@1 → @2/).click();
    const page = await workbench.webview(/fraud-detector@1 → @2/);
    await page.getByRole('button', { name: 'Open all files' }).click();
    await workbench.tab(/Code of fraud-detector@1 ↔ @2/).waitFor();
    await workbench.page.locator('.multiDiffEntry', { hasText: 'features.py' }).first().waitFor();
    await editor.screenshot('changes-all');
  });

  it('shows the graph from a version’s menu, and opens what it went into', async () => {
    await workbench.chooseFromMenu(workbench.treeRow('Version 2'), 'Show Lineage Graph');
    const page = await workbench.webview(/Lineage of fraud-detector@2/);
    await page.getByRole('button', { name: /^data data\/train\.csv/ }).waitFor();
    await editor.screenshot('graph-dark');
    await page.getByRole('button', { name: /^data data\/train\.csv/ }).click();
    const other = await workbench.webview(/Lineage of data\/train\.csv/);
    await other.getByRole('button', { name: /^version fraud-detector@2, production/ }).waitFor();
  });
});
