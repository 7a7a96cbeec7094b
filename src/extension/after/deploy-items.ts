import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
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
  if (deployments.some(isOutOfStep)) return { text: t('deploy out of step'), isDrift: true };
  return { text: deployments.some(({ isBusy }) => isBusy) ? t('deploying') : t('deployed'), isDrift: false };
}

/** What is there, and what should be. */
export function deploymentText(deployment: KnownDeployment): string {
  const { state, wanted, served, isBusy, problem } = deployment;
  const has = served === undefined ? t('nothing') : served.number === undefined ? t('a draft') : String(served.number);
  const isThere = state === 'deployed' || state === 'changed';
  return facts(
    isThere && wanted ? t('has {wanted}', { wanted: numberOf(wanted) }) : t('has {has}', { has }),
    isBusy ? t('being replaced') : undefined,
    isThere || !wanted || isBusy ? undefined : t('should have {wanted}', { wanted: numberOf(wanted) }),
    state === 'changed' ? t('files were changed there') : undefined,
    problem === undefined ? undefined : oneLine(problem, 300),
    state === 'deployed' && served ? t('since {since}', { since: momentText(served.since) }) : undefined,
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
  item.accessibilityInformation = { label: t('Deployed to {name}: {text}', { name, text }) };
  if (node.versionId !== undefined)
    item.command = { command: 'modelRegistry.showVersion', title: t('Show Version'), arguments: [node] };
  return item;
}

function iconOf(deployment: KnownDeployment): vscode.ThemeIcon {
  if (deployment.isBusy) return new vscode.ThemeIcon('sync~spin');
  if (isOutOfStep(deployment)) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon('folder-active');
}
