import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { float32Tensors } from '../modelfiles/float32-tensors.ts';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import type { Workbench } from './harness/workbench.ts';

keepEvidenceOfFailures();

describe('pages after the process of the extensions crashed', () => {
  let dir = '';
  let editor: Editor;
  let workbench: Workbench;

  const row = (number: number) => workbench.treeRow(`Version ${number}`, workbench.view('Models'));
  const tabs = async () => (await workbench.tab(/fraud@/).allInnerTexts()).toSorted();

  /** The page of a version, once it is drawn: the one that crashed is drawn, too, but knows nothing of what was added since. */
  async function opened(number: number, comment: string): Promise<void> {
    await expect
      .poll(async () => (await workbench.webview(new RegExp(`^fraud@${number}`))).getByText(comment).count(), {
        timeout: 60_000,
      })
      .toBeGreaterThan(0);
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-crash-'));
    const workspace = join(dir, 'scoring');
    await mkdir(workspace);
    const registryDir = join(workspace, '.model-registry');
    await initRegistry({ dir: registryDir });
    const registry = await openRegistry({
      dir: registryDir,
      via: 'cli',
      stateDir: join(dir, 'state'),
      author: { name: 'Ada Lovelace', email: 'ada@example.org' },
    });
    for (const number of [1, 2]) {
      const file = join(dir, 'model.bin');
      await writeFile(file, `model ${number}`);
      await registry.register({ model: 'fraud', paths: [file], metrics: { auc: 0.8 + number / 100 } });
    }
    await registry.close();
    editor = await openEditor({ workspace });
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.expand(workbench.treeRow('fraud', workbench.view('Models')));
  });

  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('go on in their tab: the one in front by itself, the others from their row', async () => {
    for (const number of [1, 2]) {
      await row(number).dblclick();
      await workbench.webview(new RegExp(`^fraud@${number}`));
      await workbench.tab(`fraud@${number}`).waitFor();
    }
    await expect.poll(tabs).toEqual(['fraud@1', 'fraud@2']);
    await editor.crashExtensions();
    const registry = await openRegistry({
      dir: join(dir, 'scoring/.model-registry'),
      via: 'cli',
      stateDir: join(dir, 'state'),
      author: { name: 'Grace Hopper', email: 'grace@example.org' },
    });
    for (const ref of ['fraud@1', 'fraud@2']) await registry.comment({ ref, text: 'Written since' });
    await registry.close();
    await opened(2, 'Written since');
    await expect.poll(tabs).toEqual(['fraud@1', 'fraud@2']);
    // The tooltip of the row would lie over the other.
    await workbench.page.locator('.part.statusbar').hover();
    await row(1).click();
    await opened(1, 'Written since');
    await expect.poll(tabs).toEqual(['fraud@1', 'fraud@2']);
    await editor.screenshot('crash-1-after');
  });

  it('show a model file again that was in front, as it is now', async () => {
    const file = join(dir, 'scoring/tiny.safetensors');
    await writeFile(file, float32Tensors({ 'embedding.weight': [512, 8] }));
    await workbench.openFile('tiny.safetensors');
    await (await workbench.customEditor('modelFile')).getByText('embedding.weight').waitFor();
    await editor.crashExtensions();
    await writeFile(file, float32Tensors({ 'decoder.weight': [512, 8] }));
    await expect
      .poll(async () => (await workbench.customEditor('modelFile')).getByText('decoder.weight').count(), {
        timeout: 60_000,
      })
      .toBeGreaterThan(0);
    await expect.poll(() => workbench.tab(/safetensors/).count()).toBe(1);
    await editor.screenshot('crash-2-model-file');
  });
});
