import recorded from './editor-themes.json' with { type: 'json' };

/** The editor's own themes. */
export type ThemeName = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

/** What the editor sets on every page, as it was recorded there: `npm run screens` does it again. */
const themes: Readonly<Record<ThemeName, Readonly<Record<string, string>>>> = recorded;
export const themeNames: readonly ThemeName[] = ['dark', 'light', 'high-contrast', 'high-contrast-light'];

/** A script that gives the page a theme as the editor does: colours on the document, and the kind of the theme on its body. */
export function themeScript(theme: ThemeName): string {
  const classes = [`vscode-${theme}`, ...(theme === 'high-contrast-light' ? ['vscode-high-contrast'] : [])];
  return `{
    const { style } = document.documentElement;
    for (const name of [...style]) if (name.startsWith('--vscode-')) style.removeProperty(name);
    for (const [name, value] of Object.entries(${JSON.stringify(themes[theme])})) style.setProperty('--vscode-' + name, value);
    document.body.className = ${JSON.stringify(classes.join(' '))};
    document.body.dataset.vscodeThemeKind = document.body.dataset.vscodeThemeId = ${JSON.stringify(`vscode-${theme}`)};
  }`;
}
