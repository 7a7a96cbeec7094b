/** The colours that the editor sets on every page, as in its default themes. */
export type ThemeName = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

const fonts = {
  'font-family': '"Segoe UI", "Ubuntu", "Droid Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': '"Droid Sans Mono", "monospace", monospace',
  'editor-font-size': '14px',
};

const dark = {
  ...fonts,
  foreground: '#cccccc',
  'editor-background': '#1f1f1f',
  descriptionForeground: '#9d9d9d',
  errorForeground: '#f85149',
  focusBorder: '#0078d4',
  'panel-border': '#2b2b2b',
  'textLink-foreground': '#4daafc',
  'textLink-activeForeground': '#4daafc',
  'charts-green': '#89d185',
  'charts-blue': '#59a4f9',
  'charts-red': '#f14c4c',
  'charts-orange': '#d18616',
  'charts-yellow': '#cca700',
  'charts-purple': '#b180d7',
  'editorWarning-foreground': '#cca700',
  'icon-foreground': '#cccccc',
  'toolbar-hoverBackground': 'rgba(90, 93, 94, 0.31)',
  'list-hoverBackground': '#2a2d2e',
  'textBlockQuote-border': '#616161',
  'button-background': '#0078d4',
  'button-foreground': '#ffffff',
  'button-hoverBackground': '#026ec1',
  'button-border': 'rgba(255, 255, 255, 0.07)',
  'button-secondaryBackground': '#313131',
  'button-secondaryForeground': '#cccccc',
  'button-secondaryHoverBackground': '#3c3c3c',
  'settings-textInputBackground': '#313131',
  'settings-textInputBorder': '#3c3c3c',
  'settings-textInputForeground': '#cccccc',
  'input-placeholderForeground': '#989898',
  'settings-checkboxBackground': '#313131',
  'settings-checkboxBorder': '#3c3c3c',
  'settings-checkboxForeground': '#cccccc',
  'settings-dropdownBackground': '#313131',
  'settings-dropdownForeground': '#cccccc',
  'settings-dropdownBorder': '#3c3c3c',
  'inputValidation-warningBackground': '#352a05',
  'inputValidation-warningBorder': '#b89500',
  'progressBar-background': '#0078d4',
  'gitDecoration-modifiedResourceForeground': '#e2c08d',
  'sideBarSectionHeader-background': '#181818',
};

const light = {
  ...dark,
  foreground: '#3b3b3b',
  'editor-background': '#ffffff',
  descriptionForeground: '#3b3b3b',
  focusBorder: '#005fb8',
  'panel-border': '#e5e5e5',
  'textLink-foreground': '#005fb8',
  'textLink-activeForeground': '#005fb8',
  'charts-green': '#388a34',
  'charts-blue': '#0063d3',
  'charts-red': '#e51400',
  'charts-yellow': '#bf8803',
  'charts-purple': '#652d90',
  'editorWarning-foreground': '#bf8803',
  'icon-foreground': '#3b3b3b',
  'toolbar-hoverBackground': 'rgba(184, 184, 184, 0.31)',
  'list-hoverBackground': '#f2f2f2',
  'textBlockQuote-border': '#e5e5e5',
  'button-background': '#005fb8',
  'button-hoverBackground': '#0258a8',
  'button-border': 'rgba(0, 0, 0, 0.1)',
  'button-secondaryBackground': '#e5e5e5',
  'button-secondaryForeground': '#3b3b3b',
  'button-secondaryHoverBackground': '#cccccc',
  'settings-textInputBackground': '#ffffff',
  'settings-textInputBorder': '#cecece',
  'settings-textInputForeground': '#3b3b3b',
  'input-placeholderForeground': '#767676',
  'settings-checkboxBackground': '#f8f8f8',
  'settings-checkboxBorder': '#cecece',
  'settings-checkboxForeground': '#3b3b3b',
  'settings-dropdownBackground': '#ffffff',
  'settings-dropdownForeground': '#3b3b3b',
  'settings-dropdownBorder': '#cecece',
  'inputValidation-warningBackground': '#f6f5d2',
  'inputValidation-warningBorder': '#b89500',
  'progressBar-background': '#005fb8',
  'gitDecoration-modifiedResourceForeground': '#895503',
  'sideBarSectionHeader-background': '#f8f8f8',
};

const highContrast = {
  ...dark,
  foreground: '#ffffff',
  'editor-background': '#000000',
  descriptionForeground: 'rgba(255, 255, 255, 0.7)',
  contrastBorder: '#6fc3df',
  focusBorder: '#f38518',
  'panel-border': '#6fc3df',
  'textLink-foreground': '#21a6ff',
  'textLink-activeForeground': '#21a6ff',
  'icon-foreground': '#ffffff',
  'toolbar-hoverBackground': 'transparent',
  'toolbar-hoverOutline': '#f38518',
  'list-hoverBackground': 'rgba(255, 255, 255, 0.1)',
  'textBlockQuote-border': '#ffffff',
  'button-background': '#000000',
  'button-border': '#6fc3df',
  'button-hoverBackground': '#000000',
  'button-secondaryBackground': '#000000',
  'button-secondaryForeground': '#ffffff',
  'button-secondaryHoverBackground': '#000000',
  'settings-textInputBackground': '#000000',
  'settings-textInputBorder': '#6fc3df',
  'settings-textInputForeground': '#ffffff',
  'settings-checkboxBackground': '#000000',
  'settings-checkboxBorder': '#6fc3df',
  'settings-checkboxForeground': '#ffffff',
  'settings-dropdownBackground': '#000000',
  'settings-dropdownForeground': '#ffffff',
  'settings-dropdownBorder': '#6fc3df',
  'inputValidation-warningBackground': '#000000',
  'sideBarSectionHeader-background': '#000000',
};

export const themes: Readonly<Record<ThemeName, Readonly<Record<string, string>>>> = {
  dark,
  light,
  'high-contrast': highContrast,
  'high-contrast-light': light,
};
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
