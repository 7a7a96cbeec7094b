import * as vscode from 'vscode';
import { facts, momentText, numberOf, oneLine } from '../version-text.ts';
import { isOutOfStep, type KnownDeployment } from './deployments.ts';

/** A folder that production is deployed to. Commands take it for the version that is there. */
export interface DeployNode {
  readonly kind: 'deployment';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId?: string;
  readonly deployment: KnownDeployment;
}

export function deployNode(modelId: string, deployment: KnownDeployment): DeployNode {
  const { registryDir, served } = deployment;
  const node: DeployNode = { kind: 'deployment', registryDir, modelId, deployment };
  return served === undefined ? node : { ...node, versionId: served.version };
}

/** `deployed`, or what is wrong with it; undefined where nothing is deployed. */
export function deployedText(deployments: readonly KnownDeployment[]): {
  readonly text: string | undefined;
  readonly isDrift: boolean;
} {
  if (deployments.length === 0) return { text: undefined, isDrift: false };
  if (deployments.some(isOutOfStep)) return { text: 'deploy out of step', isDrift: true };
  return { text: deployments.some(({ isBusy }) => isBusy) ? 'deploying' : 'deployed', isDrift: false };
}

/** What is there, and what should be. */
export function deploymentText(deployment: KnownDeployment): string {
  const { state, wanted, served, isBusy, problem } = deployment;
  const has = served === undefined ? 'nothing' : served.number === undefined ? 'a draft' : String(served.number);
  const isThere = state === 'deployed' || state === 'changed';
  return facts(
    isThere && wanted ? `has ${numberOf(wanted)}` : `has ${has}`,
    isBusy ? 'being replaced' : undefined,
    isThere || !wanted || isBusy ? undefined : `should have ${numberOf(wanted)}`,
    state === 'changed' ? 'files were changed there' : undefined,
    problem === undefined ? undefined : oneLine(problem, 300),
    state === 'deployed' && served ? `since ${momentText(served.since)}` : undefined,
  );
}

export function deploymentItem(node: DeployNode): vscode.TreeItem {
  const { deployment, registryDir, modelId } = node;
  const name = oneLine(deployment.path, 80);
  const text = deploymentText(deployment);
  const item = new vscode.TreeItem(name);
  item.id = `${registryDir}#${modelId}#deploy#${deployment.root}`;
  item.description = text;
  item.tooltip = facts(deployment.place === '' ? name : deployment.place, text);
  item.iconPath = iconOf(deployment);
  item.contextValue = 'deployment';
  item.accessibilityInformation = { label: `Deployed to ${name}: ${text}` };
  if (node.versionId !== undefined)
    item.command = { command: 'modelRegistry.showVersion', title: 'Show Version', arguments: [node] };
  return item;
}

function iconOf(deployment: KnownDeployment): vscode.ThemeIcon {
  if (deployment.isBusy) return new vscode.ThemeIcon('sync~spin');
  if (isOutOfStep(deployment)) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon('folder-active');
}
