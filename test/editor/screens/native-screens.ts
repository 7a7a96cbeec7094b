import { REASON } from '../harness/workbench.ts';
import { type EditorScreen, hoverUntilShown, type OpenedProject, showViews } from './editor-screen.ts';

const command = (name: string) => `Model Registry: ${name}`;

async function openPick({ workbench }: OpenedProject, name: string): Promise<void> {
  await workbench.runCommand(command(name));
  await workbench.quickPickLabels();
}

/** What VS Code itself draws for the extension, in a project as people have it. */
export const nativeScreens: readonly EditorScreen[] = [
  {
    name: 'tree',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Production', 'Reviews', 'Models');
      await workbench.expand(workbench.treeRow('fraud-detector', workbench.view('Models')));
      await workbench.treeRow('Version 16').waitFor();
    },
  },
  {
    name: 'tree tooltip',
    project: 'typical',
    isFleeting: true,
    async show(opened) {
      const { workbench } = opened;
      await showViews(workbench, 'Production', 'Reviews', 'Models');
      await hoverUntilShown(opened, () => workbench.treeRow('Version 3').hover(), 'In production since');
    },
  },
  {
    name: 'tree menu',
    project: 'typical',
    async show({ workbench, page }) {
      await showViews(workbench, 'Production', 'Reviews', 'Models');
      await workbench.treeRow('Version 16').click({ button: 'right' });
      await page.locator('.monaco-menu .action-item').first().waitFor();
    },
  },
  {
    name: 'production menu',
    project: 'typical',
    async show({ workbench, page }) {
      await showViews(workbench, 'Production', 'Reviews', 'Models');
      await workbench.treeRow('@3 fraud-detector', workbench.view('Production')).click({ button: 'right' });
      await page.locator('.monaco-menu .action-item').first().waitFor();
    },
  },
  {
    name: 'tree by stage',
    project: 'typical',
    async show({ workbench, page }) {
      await showViews(workbench, 'Models');
      await workbench.runCommand(command('Group and Sort Models…'));
      await workbench.choose('Stage');
      await page.keyboard.press('Escape');
      await workbench.treeRow('staging').first().waitFor();
    },
    async leave({ workbench, page }) {
      await workbench.runCommand(command('Group and Sort Models…'));
      await workbench.choose('No groups');
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'arrange',
    project: 'typical',
    show: (opened) => openPick(opened, 'Group and Sort Models…'),
  },
  {
    name: 'filter',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Models');
      await workbench.runCommand(command('Filter Models…'));
      await workbench.quickInput.fill('auc>0.9');
      await workbench.treeRow('fraud-detector 3', workbench.view('Models')).waitFor();
    },
  },
  {
    name: 'activity',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Activity');
      await workbench.treeRow('fraud-detector@16', workbench.view('Activity')).first().waitFor();
    },
  },
  {
    name: 'activity filter',
    project: 'typical',
    show: (opened) => openPick(opened, 'Filter Activity…'),
  },
  {
    name: 'promote stage',
    project: 'typical',
    async show(opened) {
      await openPick(opened, 'Promote…');
      await opened.workbench.choose('churn');
      await opened.workbench.choose('Version 2');
      await opened.workbench.quickPickRow('production').waitFor();
    },
  },
  {
    name: 'promote reason',
    project: 'typical',
    async show(opened) {
      await openPick(opened, 'Promote…');
      await opened.workbench.choose('churn');
      await opened.workbench.choose('Version 2');
      await opened.workbench.choose('production');
      await opened.page.getByPlaceholder(REASON).waitFor();
    },
  },
  { name: 'roll back', project: 'typical', show: (opened) => openPick(opened, 'Roll Back…') },
  {
    name: 'roll back reason',
    project: 'typical',
    async show(opened) {
      await openPick(opened, 'Roll Back…');
      await opened.workbench.quickInput.press('Enter');
      await opened.page.getByPlaceholder(REASON).waitFor();
    },
  },
  {
    name: 'compare pick',
    project: 'typical',
    async show(opened) {
      await openPick(opened, 'Compare Versions…');
      await opened.workbench.choose('fraud-detector');
      await opened.workbench.quickPickRow('Version 3').waitFor();
    },
  },
  {
    name: 'search',
    project: 'typical',
    async show({ workbench }) {
      await workbench.runCommand(command('Search…'));
      await workbench.quickInput.fill('stage:production');
      await workbench.quickPickRow('fraud-detector@3').waitFor();
    },
  },
  {
    name: 'files pick',
    project: 'typical',
    async show({ workbench }) {
      await showViews(workbench, 'Models');
      await workbench.chooseFromMenu(workbench.treeRow('Version 3'), 'Files', 'Open Files of This Version');
      await workbench.quickPickLabels();
    },
  },
  {
    name: 'file diff',
    project: 'typical',
    async show({ workbench, page }) {
      await showViews(workbench, 'Models');
      await workbench.chooseFromMenu(workbench.treeRow('Version 3'), 'Files', 'Compare Files');
      await workbench.choose('config.json');
      await page.locator('.part.editor .editor.modified .view-line').first().waitFor();
    },
  },
  {
    name: 'project file',
    project: 'typical',
    async show({ workbench, page }) {
      await workbench.openFile('model-registry.yaml');
      await page.locator('.codelens-decoration', { hasText: '@16:' }).first().waitFor();
    },
  },
  {
    name: 'project file hover',
    project: 'typical',
    isFleeting: true,
    async show(opened) {
      const { workbench, page } = opened;
      await workbench.openFile('model-registry.yaml');
      await page.locator('.codelens-decoration', { hasText: '@16:' }).first().waitFor();
      const word = page.locator('.view-line span', { hasText: /^calibration_error$|calibration_error/ }).last();
      await hoverUntilShown(opened, () => word.hover(), /calibration_error/);
    },
  },
  {
    name: 'python hover',
    project: 'typical',
    isFleeting: true,
    async show(opened) {
      const { workbench, page } = opened;
      await workbench.openFile('score.py');
      const reference = page.locator('.view-line span', { hasText: 'models:/fraud-detector' }).last();
      await reference.waitFor();
      // Where it begins: its middle may lie beyond the edge, and the editor's lines would be scrolled to it.
      const rest = async () => {
        const { x = 0, y = 0, height = 0 } = (await reference.boundingBox()) ?? {};
        await page.mouse.move(x + 8, y + height / 2);
      };
      await hoverUntilShown(opened, rest, /In\sproduction\ssince/);
    },
  },
  {
    name: 'log',
    project: 'typical',
    async show({ workbench, page }) {
      await workbench.runCommand(command('Open Log'));
      await page.locator('.view-line', { hasText: 'Grace' }).first().waitFor();
    },
  },
  {
    name: 'palette',
    project: 'typical',
    async show({ page, workbench }) {
      await page.keyboard.press('F1');
      await workbench.quickInput.fill('>Model Registry: ');
      await workbench.quickPickLabels();
    },
  },
  {
    name: 'settings',
    project: 'typical',
    async show({ workbench, page }) {
      await workbench.runCommand('Preferences: Open Settings (UI)');
      await page.locator('.settings-editor').waitFor();
      await page.keyboard.type('@ext:model-registry.model-registry');
      // A click gives the list the keyboard, and takes the suggestions over the tabs away; Escape would close the settings.
      await page.locator('.settings-editor .setting-item-title', { hasText: 'Registry Path' }).click();
      await page.locator('.settings-editor .suggest-widget.visible').waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'walkthrough',
    project: 'typical',
    async show({ workbench, page }) {
      await workbench.runCommand('Welcome: Open Walkthrough...');
      await workbench.quickInput.fill('Model Registry');
      await workbench.choose('Get Started with Model Registry');
      await page.locator('.getting-started-step').first().waitFor();
    },
  },
];
