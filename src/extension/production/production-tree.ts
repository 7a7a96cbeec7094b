import * as vscode from 'vscode';
import { messageOf, RegistryError } from '../../base/errors.ts';
import type { ProductionEntry } from '../../registry/api.ts';
import { versionTooltip } from '../models-tree/nodes.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { agoText, headlineText } from '../version-text.ts';

export interface ProductionNode {
  readonly kind: 'production';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly entry: ProductionEntry;
}

interface ErrorNode {
  readonly kind: 'error';
  readonly text: string;
}

/** What is in production, since when, by whom, and what was there before. */
export class ProductionTree implements vscode.TreeDataProvider<ProductionNode | ErrorNode>, vscode.Disposable {
  readonly #registries: Registries;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(registries: Registries, log: vscode.LogOutputChannel) {
    this.#registries = registries;
    this.#log = log;
    this.#subscription = registries.onDidChange(() => this.#changed.fire(undefined));
  }

  async getChildren(node?: ProductionNode | ErrorNode): Promise<(ProductionNode | ErrorNode)[]> {
    if (node) return [];
    const nodes: (ProductionNode | ErrorNode)[] = [];
    for (const { dir, connection } of await this.#registries.existing()) {
      try {
        for (const entry of await connection.registry.production()) {
          nodes.push({ kind: 'production', registryDir: dir, modelId: entry.modelId, versionId: entry.version.id, entry });
        }
      } catch (error) {
        this.#log.error(`What is in production can't be read: ${messageOf(error)}`);
        if (!RegistryError.is(error)) throw error;
        nodes.push({ kind: 'error', text: error.message });
      }
    }
    return nodes;
  }

  getTreeItem(node: ProductionNode | ErrorNode): vscode.TreeItem {
    if (node.kind === 'error') {
      const item = new vscode.TreeItem(node.text);
      item.iconPath = new vscode.ThemeIcon('error');
      item.tooltip = node.text;
      item.command = { command: 'modelRegistry.showOutput', title: 'Show output' };
      return item;
    }
    const { entry, registryDir } = node;
    const item = new vscode.TreeItem(`${entry.model}@${entry.version.number}`);
    const before = entry.previous ? `before: ${entry.previous.number}` : '';
    const facts = [headlineText(entry.version, preferredMetric()), `${agoText(entry.since)} by ${entry.by.name}`, before];
    item.id = `${registryDir}/production/${entry.modelId}`;
    item.description = facts.filter((fact) => fact !== '').join(' · ');
    item.iconPath = new vscode.ThemeIcon('rocket', new vscode.ThemeColor('charts.green'));
    const tooltip = versionTooltip(entry.version, preferredMetric());
    tooltip.appendText(`Why: ${entry.reason}`);
    item.tooltip = tooltip;
    item.contextValue = entry.previous ? 'production.canRollBack' : 'production';
    item.command = { command: 'modelRegistry.showVersion', title: 'Show version', arguments: [node] };
    item.accessibilityInformation = { label: `${entry.model} version ${entry.version.number} in production, ${item.description}` };
    return item;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
