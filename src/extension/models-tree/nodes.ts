import * as vscode from 'vscode';
import type { ModelSummary, VersionSummary } from '../../registry/api.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { agoText, headlineText, labelOf } from '../version-text.ts';

export interface RegistryNode {
  readonly kind: 'registry';
  readonly registry: WorkspaceRegistry;
  readonly registryDir: string;
}

export interface ModelNode {
  readonly kind: 'model';
  readonly registryDir: string;
  readonly modelId: string;
  readonly model: ModelSummary;
}

export interface VersionNode {
  readonly kind: 'version';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly version: VersionSummary;
}

/** Asks for the next page of a model's versions, or of a registry's models. */
export interface MoreNode {
  readonly kind: 'more';
  readonly registryDir: string;
  readonly modelId?: string;
}

export interface MessageNode {
  readonly kind: 'message';
  readonly id: string;
  readonly text: string;
  readonly isError: boolean;
}

export type TreeNode = RegistryNode | ModelNode | VersionNode | MoreNode | MessageNode;

const STAGE_ICONS: Readonly<Record<string, vscode.ThemeIcon>> = {
  candidate: new vscode.ThemeIcon('circle-outline'),
  staging: new vscode.ThemeIcon('beaker', new vscode.ThemeColor('charts.yellow')),
  production: new vscode.ThemeIcon('rocket', new vscode.ThemeColor('charts.green')),
  archived: new vscode.ThemeIcon('archive', new vscode.ThemeColor('disabledForeground')),
};

export function stageIcon(stage: string): vscode.ThemeIcon {
  return STAGE_ICONS[stage] ?? new vscode.ThemeIcon('circle-filled');
}

/** How a node looks. Ids are stable, so that what is open or selected stays so. */
export function itemOf(node: TreeNode, preferred: string): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case 'registry': {
      const item = new vscode.TreeItem(node.registry.roots.map((root) => root.name).join(', '), Expanded);
      item.id = node.registryDir;
      item.iconPath = new vscode.ThemeIcon('database');
      item.tooltip = node.registryDir;
      item.contextValue = 'registry';
      return item;
    }
    case 'model': {
      const { model } = node;
      const item = new vscode.TreeItem(model.name, Expanded);
      item.id = `${node.registryDir}/${model.id}`;
      item.iconPath = new vscode.ThemeIcon('package');
      item.description = model.production ? `production ${model.production.number}` : 'nothing in production';
      item.tooltip = modelTooltip(model);
      item.contextValue = 'model';
      item.accessibilityInformation = { label: `Model ${model.name}, ${item.description}, ${model.versions} versions` };
      return item;
    }
    case 'version':
      return versionItem(node, preferred);
    case 'more': {
      const item = new vscode.TreeItem('Show more…');
      item.id = `${node.registryDir}/${node.modelId ?? ''}/more`;
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = { command: 'modelRegistry.showMore', title: 'Show more', arguments: [node] };
      return item;
    }
    case 'message': {
      const item = new vscode.TreeItem(node.text);
      item.id = node.id;
      item.iconPath = new vscode.ThemeIcon(node.isError ? 'error' : 'info');
      item.tooltip = node.text;
      if (node.isError) item.command = { command: 'modelRegistry.showOutput', title: 'Show output' };
      return item;
    }
  }
}

function versionItem(node: VersionNode, preferred: string): vscode.TreeItem {
  const { version } = node;
  const item = new vscode.TreeItem(`Version ${version.number}`, vscode.TreeItemCollapsibleState.None);
  const facts = [version.stage, headlineText(version, preferred), version.aliases.map((alias) => `@${alias}`).join(' ')];
  item.id = `${node.registryDir}/${version.id}`;
  item.iconPath = stageIcon(version.stage);
  item.description = facts.filter((fact) => fact !== '').join(' · ');
  item.tooltip = versionTooltip(version, preferred);
  item.contextValue = `version.${version.stage}`;
  item.command = { command: 'modelRegistry.showVersion', title: 'Show version', arguments: [node] };
  item.accessibilityInformation = { label: `${version.model} version ${version.number}, ${facts.filter((fact) => fact !== '').join(', ')}` };
  return item;
}

function modelTooltip(model: ModelSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(model.name);
  if (model.description !== '') text.appendText(`\n${model.description}`);
  text.appendText(`\n${model.versions} versions, newest ${model.latest?.number ?? 'none'}`);
  return text;
}

export function versionTooltip(version: VersionSummary, preferred: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const lines = [
    labelOf(version),
    `${version.stage} since ${new Date(version.stageSince).toLocaleString()} by ${version.stageBy.name}`,
    headlineText(version, preferred),
    version.description,
    `Registered ${agoText(version.createdAt)} by ${version.createdBy.name}${version.via === 'auto' ? ', automatically' : ''}`,
    `Artifact ${version.artifact.digest.slice(0, 12)}`,
  ];
  for (const line of lines.filter((entry) => entry !== '')) {
    text.appendText(line);
    text.appendMarkdown('  \n');
  }
  return text;
}
