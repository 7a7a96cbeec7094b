import * as vscode from 'vscode';

/** A shape and a colour for each stage, so that neither is needed alone. Stages of one's own policy share one. */
export function stageIcon(stage: string): vscode.ThemeIcon {
  const [icon, colour] = icons[stage] ?? ['circle-large-filled', 'charts.purple'];
  return new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

const icons: Readonly<Record<string, readonly [icon: string, colour?: string]>> = {
  candidate: ['circle-large-outline'],
  staging: ['beaker', 'charts.yellow'],
  production: ['pass-filled', 'charts.green'],
  // What is disabled may be fainter than a sign has to be.
  archived: ['archive', 'descriptionForeground'],
};
