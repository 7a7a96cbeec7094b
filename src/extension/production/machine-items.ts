import * as vscode from 'vscode';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import type { ServingMachine } from '../../registry/api/serving.ts';
import { facts, momentText, oneLine } from '../version-text.ts';

/** A machine that says what it serves. Commands take it for the version that it serves. */
export interface MachineNode {
  readonly kind: 'machine';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId?: string;
  readonly machine: ServingMachine;
}

export function machineNode(registryDir: string, machine: ServingMachine): MachineNode {
  const { modelId, version } = machine;
  const node: MachineNode = { kind: 'machine', registryDir, modelId, machine };
  return version?.number === undefined ? node : { ...node, versionId: version.id };
}

/** `on 3 machines`, or how many of them serve something else than they should. */
export function servedText(machines: readonly ServingMachine[]): {
  readonly text: string | undefined;
  readonly isDrift: boolean;
} {
  const following = machines.filter(({ state }) => state !== 'stopped');
  if (following.length === 0) return { text: undefined, isDrift: false };
  const drifting = following.filter(({ isDrift }) => isDrift).length;
  if (drifting === 0)
    return {
      text: tCount(following.length, 'on {count} machine', 'on {count} machines'),
      isDrift: false,
    };
  const all = formatNumber(following.length);
  return {
    text: tCount(
      drifting,
      '{count} of {all} machines serves something else',
      '{count} of {all} machines serve something else',
      { all },
    ),
    isDrift: true,
  };
}

export function driftIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
}

/** What a machine serves, and what it should. */
export function machineText({
  state,
  version,
  artifact,
  isDrift,
  wanted,
  since,
  heardAt,
  ref,
  refused,
}: ServingMachine): string {
  const number = version?.number === undefined ? artifact?.slice(0, 12) : String(version.number);
  return facts(
    number === undefined
      ? t('serves nothing')
      : state === 'stopped'
        ? t('served {number}', { number })
        : t('serves {number}', { number }),
    isDrift && state !== 'stopped' ? t('should serve {number}', { number: wanted?.number ?? '' }) : undefined,
    refused
      ? refused.number === undefined
        ? t('went back from another: {why}', { why: oneLine(told(refused.why), 200) })
        : t('went back from {number}: {why}', { number: refused.number, why: oneLine(told(refused.why), 200) })
      : undefined,
    state === 'silent' ? t('not heard from since {heardAt}', { heardAt: momentText(heardAt) }) : undefined,
    state === 'stopped' ? t('follows no more, {heardAt}', { heardAt: momentText(heardAt) }) : undefined,
    state === 'serving' && since !== undefined ? t('since {since}', { since: momentText(since) }) : undefined,
    ref.endsWith('@production') ? undefined : t('follows {ref}', { ref: oneLine(ref, 80) }),
  );
}

export function machineItem(node: MachineNode): vscode.TreeItem {
  const { machine, registryDir } = node;
  const name = oneLine(machine.machine, 60);
  const text = machineText(machine);
  const item = new vscode.TreeItem(name);
  item.id = `${registryDir}#${machine.modelId}#${machine.id}`;
  item.description = text;
  item.tooltip = facts(name, text, t('heard from {heardAt}', { heardAt: momentText(machine.heardAt) }));
  item.iconPath = iconOf(machine);
  item.contextValue = 'machine';
  item.accessibilityInformation = { label: t('Machine {name} {text}', { name, text }) };
  if (node.versionId !== undefined)
    item.command = { command: 'modelRegistry.showVersion', title: t('Show Version'), arguments: [node] };
  return item;
}

function iconOf({ state, isDrift }: ServingMachine): vscode.ThemeIcon {
  if (state === 'stopped') return new vscode.ThemeIcon('circle-slash');
  if (isDrift) return driftIcon();
  return new vscode.ThemeIcon(state === 'silent' ? 'question' : 'vm-running');
}
