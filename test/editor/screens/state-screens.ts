import { REASON } from '../harness/workbench.ts';
import { type EditorScreen, hoverUntilShown, showViews } from './editor-screen.ts';

const command = (name: string) => `Model Registry: ${name}`;
const LONGEST = /^Wide-Mode/;

/** The same screens with nothing in them, after something went wrong, and with the longest names and numbers. */
export const stateScreens: readonly EditorScreen[] = [
  {
    name: 'welcome',
    project: 'empty',
    show: ({ workbench }) => workbench.view('Models').getByText('Create a Registry Here').waitFor(),
  },
  {
    name: 'palette without a registry',
    project: 'empty',
    async show({ workbench }) {
      await workbench.runCommand(command('Roll Back…'));
      await workbench.notification('no model registry yet').waitFor();
    },
    leave: ({ workbench }) => workbench.clearNotifications(),
  },
  {
    name: 'nothing registered',
    project: 'declared',
    show: ({ workbench }) => workbench.view('Models').getByText('no versions yet').waitFor(),
  },
  {
    name: 'mistake',
    project: 'mistaken',
    async show({ workbench, page }) {
      await workbench.openFile('model-registry.yaml');
      await page.locator('.squiggly-error').first().waitFor();
      await workbench.runCommand('Problems: Focus on Problems View');
      await page.locator('.markers-panel .monaco-list-row').first().waitFor();
    },
    leave: ({ workbench }) => workbench.runCommand('View: Toggle Panel Visibility'),
  },
  {
    name: 'damaged',
    project: 'damaged',
    async show({ workbench }) {
      await showViews(workbench, 'Production', 'Models', 'Activity');
      await workbench
        .view('Models')
        .getByText(/Commit \d/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'refused and offline',
    project: 'shared',
    async show({ workbench }) {
      await showViews(workbench, 'Production', 'Models', 'Shared Work');
      await workbench.treeRow('Theirs', workbench.view('Shared Work')).waitFor();
      await workbench.treeRow('@3 fraud', workbench.view('Production')).waitFor();
      await workbench.statusBarItem(/refused/).waitFor();
    },
  },
  {
    name: 'sharing menu',
    project: 'shared',
    async show({ workbench }) {
      await showViews(workbench, 'Shared Work');
      await workbench.treeRow('Theirs', workbench.view('Shared Work')).waitFor();
      await workbench.runCommand(command('Shared Storage…'));
      await workbench.quickPickLabels();
    },
  },
  {
    name: 'tree',
    project: 'extreme',
    async show({ workbench }) {
      await showViews(workbench, 'Production', 'Models');
      const many = workbench.treeRow('many', workbench.view('Models'));
      await many.waitFor();
      // Its rows push the others out of sight.
      if ((await many.getAttribute('aria-expanded')) === 'true') await many.locator('.monaco-tl-twistie').click();
      await workbench.treeRow(LONGEST, workbench.view('Models')).waitFor();
    },
  },
  {
    name: 'tree tooltip',
    project: 'extreme',
    isFleeting: true,
    async show(opened) {
      const { workbench } = opened;
      await showViews(workbench, 'Production', 'Models');
      await hoverUntilShown(
        opened,
        () => workbench.treeRow(/^@2 Wide-Mode/, workbench.view('Production')).hover(),
        'is in production',
      );
    },
  },
  {
    name: 'activity',
    project: 'extreme',
    async show({ workbench }) {
      await showViews(workbench, 'Activity');
      await workbench.view('Activity').locator('.monaco-list-row').nth(4).waitFor();
    },
  },
  {
    name: 'roll back',
    project: 'extreme',
    async show({ workbench }) {
      await workbench.runCommand(command('Roll Back…'));
      await workbench.quickPickLabels();
    },
  },
  {
    name: 'roll back reason',
    project: 'extreme',
    async show({ workbench, page }) {
      await workbench.runCommand(command('Roll Back…'));
      await workbench.quickPickLabels();
      await workbench.quickInput.press('Enter');
      await page.getByPlaceholder(REASON).waitFor();
    },
  },
  {
    name: 'versions pick',
    project: 'extreme',
    async show({ workbench, page }) {
      await workbench.runCommand(command('Show Version…'));
      // What the box says of itself under the pointer stays when the next step takes its place.
      await page.mouse.move(2, 2);
      await workbench.quickPickLabels();
      await workbench.quickInput.press('Enter');
      await workbench.quickPickRow('Version 2').waitFor();
    },
  },
  {
    name: 'project file',
    project: 'extreme',
    async show({ workbench, page }) {
      await workbench.openFile('model-registry.yaml');
      await page.locator('.codelens-decoration', { hasText: /gates/ }).first().waitFor();
    },
  },
];
