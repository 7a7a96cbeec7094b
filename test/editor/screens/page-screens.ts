import { type EditorScreen, type OpenedProject, PATIENCE_MS, showViews } from './editor-screen.ts';

const command = (name: string) => `Model Registry: ${name}`;

async function selectVersions({ workbench }: OpenedProject, ...numbers: readonly number[]): Promise<void> {
  await showViews(workbench, 'Models');
  const row = (number: number) => workbench.treeRow(`Version ${number}`, workbench.view('Models'));
  await workbench.expand(workbench.treeRow('fraud-detector', workbench.view('Models')));
  for (const [index, number] of numbers.entries()) {
    await row(number)
      .last()
      .click(index === 0 ? {} : { modifiers: ['Control'] });
  }
}

/** Each page of the extension once, in the editor that it is made for. */
export const pageScreens: readonly EditorScreen[] = [
  {
    name: 'version page',
    project: 'typical',
    async show(opened) {
      await selectVersions(opened, 3);
      const page = await opened.workbench.webview('fraud-detector@3', PATIENCE_MS);
      await page.locator('#gates').waitFor();
      await page.getByText('log_loss').first().waitFor();
    },
  },
  {
    name: 'comparison page',
    project: 'typical',
    async show(opened) {
      await selectVersions(opened, 3, 16);
      await opened.workbench.chooseFromMenu(opened.workbench.treeRow('Version 16'), 'Compare Versions');
      await (await opened.workbench.webview(/^Compare /, PATIENCE_MS)).getByText('log_loss').first().waitFor();
    },
  },
  {
    name: 'model page',
    project: 'typical',
    async show({ workbench }) {
      await workbench.runCommand(command('Show Model…'));
      await workbench.choose('fraud-detector');
      const page = await workbench.webview('fraud-detector', PATIENCE_MS);
      await page.locator('.version-chart canvas').waitFor();
    },
  },
  {
    name: 'plots page',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Models');
      await workbench.chooseFromMenu(workbench.treeRow('12 sweep runs'), 'Plot Versions');
      await (await workbench.webview(/^Plot/, PATIENCE_MS)).locator('canvas').first().waitFor();
    },
  },
  {
    name: 'changes page',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Production');
      await workbench.chooseFromMenu(
        workbench.treeRow('@3 fraud-detector', workbench.view('Production')),
        'What Changed?',
      );
      await (await workbench.webview(/changed|→|from/i, PATIENCE_MS)).getByText('train.py').first().waitFor();
    },
  },
  {
    name: 'graph page',
    project: 'typical',
    async show(opened) {
      const { workbench } = opened;
      await selectVersions(opened, 3);
      await workbench.chooseFromMenu(workbench.treeRow('Version 3'), 'Show Lineage Graph');
      await (await workbench.webview(/Lineage/, PATIENCE_MS)).locator('svg').first().waitFor();
    },
  },
  {
    name: 'review page',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Reviews');
      await workbench.treeRow(/@16 fraud-detector → production/, workbench.view('Reviews')).click();
      await (await workbench.webview(/^Review fraud-detector@16/, PATIENCE_MS)).locator('.verdict').waitFor();
    },
  },
  {
    name: 'model file',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Models');
      await workbench.chooseFromMenu(workbench.treeRow('Version 3'), 'Files', 'Open Files of This Version');
      await workbench.choose('model.safetensors');
      await (await workbench.customEditor('modelFile')).getByText('encoder.weight').first().waitFor();
    },
  },
];
