import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { VersionSummary } from '../../registry/api.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { firstEntries } from './first-entries.ts';
import type { ModelNode, MoreNode, TreeNode, VersionNode } from './nodes.ts';
import { treeItemOf } from './tree-items.ts';

/** What the tree needs of the window's registries. */
type TreeRegistries = Pick<Registries, 'existing' | 'problems' | 'callsFor' | 'onDidChange'>;

const PAGE = 50;
/** Up to so many models are shown with their versions from the start. */
const OPEN_MODELS = 5;

/** Models with their versions: those in production first, then the newest. */
export class ModelsTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #registries: TreeRegistries;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;
  /** How many entries a list shows, by the id of its model or the folder of its registry. */
  readonly #shown = new Map<string, number>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(registries: TreeRegistries, log: vscode.LogOutputChannel) {
    this.#registries = registries;
    this.#log = log;
    this.#subscription = registries.onDidChange(() => this.refresh());
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  showMore(node: Pick<MoreNode, 'registryDir' | 'modelId'>): void {
    const list = listOf(node);
    this.#shown.set(list, this.#countOf(list) + PAGE);
    this.refresh();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItemOf(node, preferredMetric());
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      return [...(await this.#childrenOf(node))];
    } catch (error) {
      this.#log.error(`The models can't be shown: ${messageOf(error)}`);
      return [{ kind: 'problem', id: `problem#${idOf(node)}`, message: messageOf(error) }];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #childrenOf(node: TreeNode | undefined): Promise<readonly TreeNode[]> {
    if (node === undefined) return this.#roots();
    if (node.kind === 'registry') return this.#modelsUnder(node.registryDir);
    return node.kind === 'model' ? this.#versionsOf(node) : [];
  }

  async #roots(): Promise<readonly TreeNode[]> {
    const problems = (await this.#registries.problems()).map(
      ({ root, message }): TreeNode => ({ kind: 'problem', id: `problem#${root.uri.toString()}`, message }),
    );
    const registries = await this.#registries.existing();
    const [only] = registries;
    if (registries.length === 1 && only) return [...problems, ...(await this.#modelsOf(only.dir))];
    return [...problems, ...registries.map(registryNode)];
  }

  /** The welcome can't be shown below a row, so that a registry without models says so itself. */
  async #modelsUnder(registryDir: string): Promise<readonly TreeNode[]> {
    const models = await this.#modelsOf(registryDir);
    return models.length > 0 ? models : [{ kind: 'hint', id: `${registryDir}#none`, text: 'No versions yet' }];
  }

  async #modelsOf(registryDir: string): Promise<readonly TreeNode[]> {
    const registry = await this.#registries.callsFor(registryDir);
    const { items, hasMore } = await firstEntries((page) => registry.listModels(page), this.#countOf(registryDir));
    const isOpen = items.length <= OPEN_MODELS;
    const models = items.map((model): TreeNode => ({ kind: 'model', registryDir, modelId: model.id, model, isOpen }));
    return hasMore ? [...models, { kind: 'more', registryDir }] : models;
  }

  async #versionsOf({ registryDir, modelId, model }: ModelNode): Promise<readonly TreeNode[]> {
    const registry = await this.#registries.callsFor(registryDir);
    const { items, hasMore } = await firstEntries(
      (page) => registry.listVersions({ ...page, model: modelId }),
      this.#countOf(modelId),
    );
    const versions = productionFirst(items, model.production).map(
      (version): VersionNode => ({ kind: 'version', registryDir, modelId, versionId: version.id, version }),
    );
    return hasMore ? [...versions, { kind: 'more', registryDir, modelId }] : versions;
  }

  #countOf(list: string): number {
    return this.#shown.get(list) ?? PAGE;
  }
}

/** The version in production first, even where it is further down than what was loaded. */
function productionFirst(
  newestFirst: readonly VersionSummary[],
  production: VersionSummary | undefined,
): readonly VersionSummary[] {
  if (production === undefined) return newestFirst;
  const others = newestFirst.filter(({ id }) => id !== production.id);
  return [newestFirst.find(({ id }) => id === production.id) ?? production, ...others];
}

function registryNode({ dir, roots }: WorkspaceRegistry): TreeNode {
  return { kind: 'registry', registryDir: dir, name: roots.map((root) => root.name).join(', ') };
}

function listOf({ registryDir, modelId }: Pick<MoreNode, 'registryDir' | 'modelId'>): string {
  return modelId ?? registryDir;
}

function idOf(node: TreeNode | undefined): string {
  if (node === undefined || node.kind === 'problem' || node.kind === 'hint') return '';
  return 'modelId' in node ? `${node.registryDir}#${node.modelId}` : node.registryDir;
}
