import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditor } from '../harness/editor.ts';
import { repositoryRoot } from '../harness/install.ts';
import { type OpenedProject, PATIENCE_MS, showViews } from './editor-screen.ts';
import { makeTypicalProject } from './typical-project.ts';

const folder = join(repositoryRoot, 'docs/images');

/** The pictures of the README and of docs/, twice as sharp as a screen, of the packaged extension in the real editor. */
export async function makeReadmePictures(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-readme-'));
  try {
    const stateDir = join(dir, 'state');
    const workspace = await makeTypicalProject(dir, stateDir);
    const editor = await openEditor({
      workspace,
      timeoutMs: PATIENCE_MS,
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: 2,
      settings: { 'modelRegistry.autoRegister': false, 'workbench.layoutControl.enabled': false },
      environment: { MODEL_REGISTRY_STATE_DIR: stateDir },
    });
    try {
      await mkdir(folder, { recursive: true });
      await takePictures({ workspace, workbench: editor.workbench, page: editor.page });
    } finally {
      await editor.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function takePictures(opened: OpenedProject): Promise<void> {
  const { workbench, page } = opened;
  const take = (name: string) => page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  const models = workbench.view('Models');
  await workbench.openContainer('Model Registry');
  await workbench.setSideBarWidth(330);
  await workbench.notification('asks you to review').waitFor();
  await workbench.clearNotifications();
  await showViews(workbench, 'Production', 'Models');
  await workbench.expand(workbench.treeRow('fraud-detector', models));
  await workbench.treeRow('Version 3', models).click();
  const version = await workbench.webview('fraud-detector@3', PATIENCE_MS);
  await version.locator('#gates').waitFor();
  await version.getByText('log_loss').first().waitFor();
  await page.mouse.move(640, 790);
  await take('editor');

  await workbench.treeRow('Version 16', models).click({ modifiers: ['Control'] });
  await workbench.chooseFromMenu(workbench.treeRow('Version 16', models), 'Compare Versions');
  await (await workbench.webview(/^Compare /, PATIENCE_MS)).getByText('log_loss').first().waitFor();
  await page.mouse.move(640, 790);
  await take('comparison');

  await showViews(workbench, 'Production', 'Reviews', 'Models');
  await workbench.treeRow(/@16 fraud-detector → production/, workbench.view('Reviews')).click();
  await (await workbench.webview(/^Review fraud-detector@16/, PATIENCE_MS)).locator('.gate').first().waitFor();
  await page.mouse.move(640, 790);
  await take('review');

  await workbench.runCommand('Model Registry: Roll Back…');
  await workbench.quickPickLabels();
  // Away from the box, which would explain itself.
  await page.mouse.move(640, 790);
  await page.locator('.monaco-hover:visible').waitFor({ state: 'detached' });
  await take('roll-back');
  await page.keyboard.press('Escape');
}
