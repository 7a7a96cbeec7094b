import type { Frame } from 'playwright-core';
import { THEMES, type Theme } from '../harness/editor.ts';
import type { OpenedProject } from './editor-screen.ts';
import { writeBelow } from './history.ts';

const KINDS: Readonly<Record<Theme, string>> = {
  dark: 'vs-dark',
  light: 'vs',
  'high-contrast': 'hc-black',
  'high-contrast-light': 'hc-light',
};

/** Changes the theme by the settings of the workspace, which closes no list, and waits until the window and its pages have it. */
export async function showTheme({ workspace, page }: OpenedProject, theme: Theme): Promise<void> {
  await writeBelow(workspace, '.vscode/settings.json', JSON.stringify({ 'workbench.colorTheme': THEMES[theme] }));
  await page.locator(`.monaco-workbench.${KINDS[theme]}`).waitFor();
  const until = Date.now() + 20_000;
  for (;;) {
    const kinds = await Promise.all(page.frames().map(themeKind));
    if (kinds.every((kind) => kind === undefined || kind === `vscode-${theme}`)) break;
    if (Date.now() > until) throw new Error(`A page doesn't get the theme ${THEMES[theme]}: ${kinds.join(', ')}`);
    await page.waitForTimeout(50);
  }
  // Canvases are drawn again in the next frames.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

/** Undefined for what isn't the document of a webview. */
async function themeKind(frame: Frame): Promise<string | undefined> {
  return frame.evaluate<string | undefined>('document.body?.dataset.vscodeThemeKind').catch(() => undefined);
}
