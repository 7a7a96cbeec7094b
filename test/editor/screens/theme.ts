import type { Frame, Page } from 'playwright-core';
import { type Editor, THEMES, type Theme } from '../harness/editor.ts';

const KINDS: Readonly<Record<Theme, string>> = {
  dark: 'vs-dark',
  light: 'vs',
  'high-contrast': 'hc-black',
  'high-contrast-light': 'hc-light',
};

/** Changes the theme of all windows by the settings, which closes no list, and waits until this window and its pages have it. */
export async function showTheme(
  { editor, page }: { readonly editor: Editor; readonly page: Page },
  theme: Theme,
): Promise<void> {
  await editor.changeSettings({ 'workbench.colorTheme': THEMES[theme] });
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
