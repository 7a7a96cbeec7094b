import * as vscode from 'vscode';
import { messageOf, RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../../registry/api.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { itemOf, type ModelNode, type MoreNode, type TreeNode, type VersionNode } from './nodes.ts';

const PAGE = 50;

/** Models with their versions: those in production first, then the newest. */
export class ModelsTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #registries: Registries;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #subscription: vscode.Disposable;
  /** How many entries a list shows, by the id of its model or the folder of its registry. */
  readonly #shown = new Map<string, number>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(registries: Registries, log: vscode.LogOutputChannel) {
    this.#registries = registries;
    this.#log = log;
    this.#subscription = registries.onDidChange(() => this.refresh());
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  showMore(node: MoreNode): void {
    const list = node.modelId ?? node.registryDir;
    this.#shown.set(list, this.#limitOf(list) + PAGE);
    this.refresh();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return itemOf(node, preferredMetric());
  }

  async getChildren(node?: TreeNode): Promise<readonly TreeNode[] & TreeNode[]> {
    try {
      return [...(await this.#childrenOf(node))];
    } catch (error) {
      this.#log.error(`The tree can't be shown: ${messageOf(error)}`);
      if (!RegistryError.is(error)) throw error;
      return [{ kind: 'message', id: `error/${error.code}/${node?.kind ?? 'root'}`, text: error.message, isError: true }];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #childrenOf(node: TreeNode | undefined): Promise<readonly TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#roots();
      case 'registry':
        return this.#modelsOf(node.registry);
      case 'model':
        return this.#versionsOf(node);
      default:
        return [];
    }
  }

  async #roots(): Promise<readonly TreeNode[]> {
    const problems = (await this.#registries.problems()).map(
      ({ root, message }): TreeNode => ({ kind: 'message', id: `problem/${root.uri}`, text: message, isError: true }),
    );
    const registries = await this.#registries.existing();
    const [only] = registries;
    if (registries.length === 1 && only) return [...problems, ...(await this.#modelsOf(only))];
    return [...problems, ...registries.map((registry): TreeNode => ({ kind: 'registry', registry, registryDir: registry.dir }))];
  }

  async #modelsOf(registry: WorkspaceRegistry): Promise<readonly TreeNode[]> {
    const { dir, connection } = registry;
    const { items, next } = await connection.registry.listModels({ limit: this.#limitOf(dir) });
    if (items.length === 0) {
      const text = 'No versions yet. Train, or register a version from its files.';
      return [{ kind: 'message', id: `${dir}/empty`, text, isError: false }];
    }
    const models = items.map((model): TreeNode => ({ kind: 'model', registryDir: dir, modelId: model.id, model }));
    return next === undefined ? models : [...models, { kind: 'more', registryDir: dir }];
  }

  async #versionsOf({ registryDir, modelId, model }: ModelNode): Promise<readonly TreeNode[]> {
    const calls = await this.#registries.callsFor(registryDir);
    const { items, next } = await calls.listVersions({ model: modelId, limit: this.#limitOf(modelId) });
    const production = model.production;
    const ordered: readonly VersionSummary[] = production
      ? [items.find(({ id }) => id === production.id) ?? production, ...items.filter(({ id }) => id !== production.id)]
      : items;
    const nodes = ordered.map(
      (version): VersionNode => ({ kind: 'version', registryDir, modelId, versionId: version.id, version }),
    );
    return next === undefined ? nodes : [...nodes, { kind: 'more', registryDir, modelId }];
  }

  #limitOf(list: string): number {
    return Math.min(this.#shown.get(list) ?? PAGE, 1000);
  }
}
