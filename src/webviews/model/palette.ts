/** The theme's colours for what is painted on a canvas, where style sheets have no say. */
export interface Palette {
  /** What everything is painted on. */
  readonly ground: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly production: string;
  readonly staging: string;
  readonly other: string;
  /** Of what is best, and of what is current. */
  readonly best: string;
  readonly focus: string;
  readonly font: string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const value = (...names: readonly string[]) => {
    for (const name of names) {
      const found = style.getPropertyValue(name).trim();
      if (found !== '') return found;
    }
    return style.color;
  };
  return {
    ground: value('--vscode-editor-background'),
    text: value('--vscode-foreground'),
    muted: value('--vscode-descriptionForeground', '--vscode-foreground'),
    line: value('--vscode-contrastBorder', '--vscode-panel-border'),
    production: value('--vscode-charts-green'),
    staging: value('--vscode-charts-blue', '--vscode-textLink-foreground'),
    other: value('--vscode-charts-purple', '--vscode-foreground'),
    best: value('--strong'),
    focus: value('--vscode-focusBorder'),
    font: `${value('--vscode-font-size') || '13px'} ${style.fontFamily}`,
  };
}

/** Calls `changed` when the editor changes its theme, or the system takes colours over, until it is told to stop. */
export function followTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  const forced = matchMedia('(forced-colors: active)');
  forced.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    forced.removeEventListener('change', changed);
  };
}
