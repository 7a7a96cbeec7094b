import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyExample } from '../../examples/copy-example.mjs';
import { snapshotFile } from '../../src/catalog/snapshot.ts';
import { float32Tensors } from '../modelfiles/float32-tensors.ts';
import { type Editor, type EditorOptions, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { repositoryRoot } from './harness/install.ts';

const CLI = join(repositoryRoot, 'dist/cli.js');

/** The command line, as in a terminal beside the editor. */
function run(folder: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [CLI, '-C', folder, ...args], { encoding: 'utf8' });
}

keepEvidenceOfFailures();

describe('the editor', () => {
  let dir = '';
  let example = '';
  let editor: Editor | undefined;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-states-'));
    example = join(dir, 'fraud-detector');
    await copyExample(example);
  });
  afterEach(async () => {
    await editor?.close();
    editor = undefined;
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function open(options: EditorOptions) {
    editor = await openEditor(options);
    await editor.workbench.openContainer('Model Registry');
    return editor.workbench;
  }

  it('says in an empty folder what a registry is, and makes one', async () => {
    const folder = join(dir, 'empty');
    await mkdir(folder);
    const workbench = await open({ workspace: folder });
    await workbench.page.getByText('Add model-registry.yaml').first().waitFor({ timeout: 60_000 });
    await editor?.screenshot('states-1-empty');
    await workbench.page.getByText('Create a Registry').first().click();
    await workbench.page.getByText('The registry has no versions yet').first().waitFor();
    const registry = join(folder, '.model-registry');
    expect(run(folder, 'where').trim()).toBe(registry);

    await rename(registry, `${registry}-aside`);
    const missed = workbench.view('Models').getByText('was removed or moved away').first();
    await missed.waitFor();
    await editor?.screenshot('states-1-gone');
    await rename(`${registry}-aside`, registry);
    await missed.waitFor({ state: 'hidden' });
    await workbench.page.getByText('The registry has no versions yet').first().waitFor();
  });

  it('shows and refuses in Restricted Mode, and registers nothing by itself', async () => {
    run(example, 'init');
    await mkdir(join(example, 'models/fraud'), { recursive: true });
    await writeFile(join(example, 'models/fraud/notes.txt'), 'v1');
    run(example, 'register', 'fraud-detector', 'models/fraud', '--metrics', 'auc=0.8');
    await writeFile(join(example, 'models/fraud/notes.txt'), 'v2');
    const workbench = await open({ workspace: example, isTrusted: false });
    await workbench.treeRow('Version 1').waitFor({ timeout: 60_000 });
    await workbench.runCommand('Model Registry: Promote…');
    await workbench.notification(/Restricted Mode|trust/i).waitFor();
    await editor?.screenshot('states-2-restricted');
    expect(JSON.parse(run(example, 'list', '--json'))).toHaveLength(1);
  });

  it('shows what another process does, and a damaged log as what it is', async () => {
    const workbench = await open({ workspace: example });
    await workbench.treeRow('Version 1').waitFor({ timeout: 60_000 });
    run(example, 'promote', 'fraud-detector@1', 'production', '--reason', 'from a terminal');
    await workbench.treeRow('Version 1').filter({ hasText: 'production' }).waitFor();
    await workbench.view('Production').getByText('fraud-detector').first().waitFor();

    const commit = join(run(example, 'where').trim(), 'log/00000000000000000001.jsonl');
    const bytes = await readFile(commit);
    const changed = Uint8Array.from(bytes);
    changed[100] = (changed[100] ?? 0) ^ 1;
    await chmod(commit, 0o644);
    await writeFile(commit, changed);
    await rm(snapshotFile(run(example, 'where').trim()), { force: true });
    await workbench.runCommand('Developer: Reload Window');
    await workbench.waitUntilReady();
    await workbench.openContainer('Model Registry');
    for (const view of ['Models', 'Production']) {
      await workbench
        .view(view)
        .getByText(/Commit \d/)
        .waitFor({ timeout: 60_000 });
    }
    await editor?.screenshot('states-3-damaged');
    await writeFile(commit, bytes);
  });

  it('keeps the registries of two roots apart in one window', async () => {
    const other = join(dir, 'churn');
    await mkdir(other);
    run(other, 'init');
    await writeFile(join(other, 'm.bin'), 'churn');
    run(other, 'register', 'churn', 'm.bin', '--metrics', 'f1=0.7');
    const file = join(dir, 'both.code-workspace');
    await writeFile(file, JSON.stringify({ folders: [{ path: 'fraud-detector' }, { path: 'churn' }] }));
    const workbench = await open({ workspace: file });
    await workbench.treeRow('churn').first().waitFor({ timeout: 60_000 });
    await workbench.treeRow('fraud-detector').first().waitFor();
    await workbench.setSideBarWidth(220);
    await editor?.screenshot('states-4-two-roots');
  });

  it('opens a model file to show what is in it, and reads it again when training writes it anew', async () => {
    const folder = join(dir, 'weights');
    await mkdir(folder);
    await writeFile(join(folder, 'tiny.safetensors'), float32Tensors({ 'embedding.weight': [512, 8] }));
    const workbench = await open({ workspace: folder });
    await workbench.openFile('tiny.safetensors');
    const page = await workbench.customEditor('modelFile');
    await page.getByText('embedding.weight').waitFor();
    expect(await page.locator('.fact-list').innerText()).toMatch(/safetensors.*4,096/s);
    await page.getByRole('button', { name: 'Register…' }).waitFor();
    const names = Array.from({ length: 100_000 }, (_, index) => [`layers.${index}.weight`, [1]] as const);
    await writeFile(join(folder, 'tiny.safetensors'), float32Tensors(Object.fromEntries(names)));
    await page.locator('.count', { hasText: '100,000' }).waitFor();
    await page.locator('.tensor-scroller').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await page.getByText('layers.99999.weight').waitFor();
    await editor?.screenshot('states-6-model-file');
    await page.getByRole('button', { name: 'Register…' }).click();
    await workbench.quickInput.waitFor();
    expect(await workbench.quickInputWidget.innerText()).toContain('Register a Version');
  });

  it('marks the mistake in a project file where it stands', async () => {
    const folder = join(dir, 'mistake');
    await mkdir(folder);
    await writeFile(join(folder, 'model-registry.yaml'), 'models:\n  fraud:\n    outputs: [m]\n    deplooy: d\n');
    const workbench = await open({ workspace: folder, theme: 'high-contrast' });
    await workbench.notification(/can't be used/).waitFor({ timeout: 60_000 });
    await workbench.openFile('model-registry.yaml');
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await editor?.screenshot('states-5-mistake');
  });
});
