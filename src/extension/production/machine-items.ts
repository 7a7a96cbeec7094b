import * as vscode from 'vscode';
import type { ServingMachine } from '../../registry/api.ts';
import { countOf, facts, momentText, oneLine } from '../version-text.ts';

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
  if (drifting === 0) return { text: `on ${countOf(following.length, 'machine')}`, isDrift: false };
  const verb = drifting === 1 ? 'serves' : 'serve';
  return { text: `${drifting} of ${countOf(following.length, 'machine')} ${verb} something else`, isDrift: true };
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
    number === undefined ? 'serves nothing' : `${state === 'stopped' ? 'served' : 'serves'} ${number}`,
    isDrift && state !== 'stopped' ? `should serve ${wanted?.number}` : undefined,
    refused ? `went back from ${refused.number ?? 'another'}: ${oneLine(refused.why, 200)}` : undefined,
    state === 'silent' ? `not heard from since ${momentText(heardAt)}` : undefined,
    state === 'stopped' ? `follows no more, ${momentText(heardAt)}` : undefined,
    state === 'serving' && since !== undefined ? `since ${momentText(since)}` : undefined,
    ref.endsWith('@production') ? undefined : `follows ${oneLine(ref, 80)}`,
  );
}

export function machineItem(node: MachineNode): vscode.TreeItem {
  const { machine, registryDir } = node;
  const name = oneLine(machine.machine, 60);
  const text = machineText(machine);
  const item = new vscode.TreeItem(name);
  item.id = `${registryDir}#${machine.modelId}#${machine.id}`;
  item.description = text;
  item.tooltip = facts(name, text, `heard from ${momentText(machine.heardAt)}`);
  item.iconPath = iconOf(machine);
  item.contextValue = 'machine';
  item.accessibilityInformation = { label: `Machine ${name} ${text}` };
  if (node.versionId !== undefined)
    item.command = { command: 'modelRegistry.showVersion', title: 'Show Version', arguments: [node] };
  return item;
}

function iconOf({ state, isDrift }: ServingMachine): vscode.ThemeIcon {
  if (state === 'stopped') return new vscode.ThemeIcon('circle-slash');
  if (isDrift) return driftIcon();
  return new vscode.ThemeIcon(state === 'silent' ? 'question' : 'vm-running');
}
