import * as vscode from 'vscode';
import { supersededBy } from '../../outputs/superseding.ts';
import { facts, headlineText, numberOf, oneLine } from '../version-text.ts';
import type { HintNode, ModelNode, MoreNode, ProblemNode, RegistryNode, TreeNode, VersionNode } from './nodes.ts';
import { stageIcon } from './stage-icon.ts';
import { modelTooltip, versionTooltip } from './tooltips.ts';

/** How a row looks. Ids are stable, so that what is open or selected stays so. */
export function treeItemOf(node: TreeNode, preferred: string | undefined): vscode.TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node);
    case 'model':
      return modelItem(node, preferred);
    case 'version':
      return versionItem(node, preferred);
    case 'more':
      return moreItem(node);
    case 'hint':
      return hintItem(node);
    case 'problem':
      return problemItem(node);
  }
}

function registryItem(node: RegistryNode): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(node.name), vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.registryDir;
  item.iconPath = new vscode.ThemeIcon('database');
  item.tooltip = `Registry in ${node.registryDir}`;
  item.contextValue = 'registry';
  item.accessibilityInformation = { label: `Registry of ${node.name}` };
  return item;
}

function modelItem({ registryDir, model, isOpen }: ModelNode, preferred: string | undefined): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const { production } = model;
  const item = new vscode.TreeItem(oneLine(model.name), isOpen ? Expanded : Collapsed);
  item.id = `${registryDir}#${model.id}`;
  item.iconPath = new vscode.ThemeIcon('package');
  item.description = production
    ? facts(`production ${numberOf(production)}`, headlineText(production, preferred))
    : 'none in production';
  item.tooltip = modelTooltip(model);
  item.contextValue = production ? 'model:production' : 'model';
  item.accessibilityInformation = { label: `Model ${model.name}, ${item.description}, ${model.versions} versions` };
  return item;
}

function versionItem(node: VersionNode, preferred: string | undefined): vscode.TreeItem {
  const { version } = node;
  const aliases = version.aliases.map((alias) => `@${oneLine(alias, 40)}`).join(' ');
  const later = supersededBy(version);
  const item = new vscode.TreeItem(`Version ${numberOf(version)}`);
  item.id = `${node.registryDir}#${version.id}`;
  item.iconPath = stageIcon(version.stage);
  item.description = facts(
    later === undefined ? undefined : `superseded by ${oneLine(later, 40)}`,
    oneLine(version.stage, 40),
    version.stagePending ? 'not shared yet' : undefined,
    headlineText(version, preferred),
    aliases,
  );
  item.tooltip = versionTooltip(version, preferred);
  item.contextValue = ['version', version.stage, ...(aliases === '' ? [] : ['aliased'])].join(':');
  item.command = { command: 'modelRegistry.showVersion', title: 'Show Version', arguments: [node] };
  item.accessibilityInformation = { label: `${version.model} version ${numberOf(version)}, ${item.description}` };
  return item;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem('Show more');
  item.id = `${node.registryDir}#${node.modelId ?? ''}#more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: 'modelRegistry.showMore', title: 'Show More', arguments: [node] };
  return item;
}

function hintItem(node: HintNode): vscode.TreeItem {
  const item = new vscode.TreeItem('');
  item.id = node.id;
  item.description = node.text;
  item.accessibilityInformation = { label: node.text };
  return item;
}

/** Also for the Production view. */
export function problemItem(node: ProblemNode): vscode.TreeItem {
  const message = oneLine(node.message, 1000);
  const item = new vscode.TreeItem(message);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.tooltip = message;
  item.contextValue = 'problem';
  item.command = { command: 'modelRegistry.showOutput', title: 'Show Output' };
  return item;
}
