import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { headlineMetric } from '../../base/metrics.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { TreeChoices } from './arrangement.ts';
import { FIRST_FOUND, type FilterCalls, filteredModels, foundList } from './filtered-models.ts';
import { firstEntries } from './first-entries.ts';
import { type ModelNode, type MoreNode, problemNode, type TreeNode } from './nodes.ts';
import { tooltipOf, treeItemOf } from './tree-items.ts';
import { rowsOfFold, rowsOfModel, rowsOfPeriod, rowsOfStage, type VersionCalls } from './version-rows.ts';

/** What the tree needs of the window's registries. */
interface TreeRegistries extends Pick<Registries, 'existing' | 'problems' | 'onDidChange'> {
  callsFor(dir: string): Promise<VersionCalls & FilterCalls>;
}

const PAGE = 50;
/** Up to so many models are shown with their versions from the start. */
const OPEN_MODELS = 5;

/** Models with their versions, arranged as the person has chosen: those in production first, then the newest, unless they chose otherwise. */
export class ModelsTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly choices: TreeChoices;
  readonly #registries: TreeRegistries;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #used = new vscode.EventEmitter<'click' | 'command'>();
  readonly #subscriptions: readonly vscode.Disposable[];
  /** How many rows a list shows, by its name. */
  readonly #shown = new Map<string, number>();
  /** Which models of the whole list the person opened or closed: the editor forgets it of rows that a filter leaves out. */
  readonly #opened = new Map<string, boolean>();
  /** What is read for a filter before the editor asks for it, by the folder of the registry. */
  readonly #early = new Map<string, { readonly filter: string; readonly rows: Promise<readonly TreeNode[]> }>();

  readonly onDidChangeTreeData = this.#changed.event;
  /** A person did something with a row. */
  readonly onDidUseRow = this.#used.event;

  constructor(registries: TreeRegistries, log: vscode.LogOutputChannel, choices = new TreeChoices()) {
    this.#registries = registries;
    this.#log = log;
    this.choices = choices;
    this.#subscriptions = [
      registries.onDidChange(() => this.refresh()),
      choices.onDidChange(() => {
        this.refresh();
        this.#readEarly().catch(() => undefined);
      }),
      choices,
    ];
  }

  refresh(): void {
    this.#early.clear();
    this.#changed.fire(undefined);
  }

  /** Searches once before anything is typed, since the first search takes longer. Nothing is drawn: the editor would draw the first key's rows later. */
  async prepareFilter(): Promise<void> {
    const search = async () => {
      for (const { dir } of await this.#registries.existing()) await this.#filtered(dir, 'a');
    };
    // What fails is told where a person searches.
    await search().catch(() => undefined);
  }

  showMore({ list }: Pick<MoreNode, 'list'>): void {
    this.#shown.set(list, this.#countOf(list) + PAGE);
    this.refresh();
  }

  noteUsed(by: 'click' | 'command'): void {
    this.#used.fire(by);
  }

  noteOpened(node: TreeNode, isOpen: boolean): void {
    this.noteUsed('click');
    if (node.kind === 'model' && !node.isFiltered) this.#opened.set(idOf(node), isOpen);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItemOf(node, preferredMetric(), this.choices.isTyping);
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    const tooltip = tooltipOf(node, preferredMetric());
    if (tooltip) item.tooltip = tooltip;
    return item;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      return [...(await this.#childrenOf(node))];
    } catch (error) {
      this.#log.error(`The models can't be shown: ${messageOf(error)}`);
      return [problemNode(node && 'registryDir' in node ? node.registryDir : undefined, idOf(node), error)];
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#used.dispose();
  }

  async #childrenOf(node: TreeNode | undefined): Promise<readonly TreeNode[]> {
    if (node === undefined) return this.#roots();
    if (node.kind === 'registry') return this.#modelsUnder(node.registryDir);
    if (node.kind === 'fold') return rowsOfFold(node);
    if (node.kind !== 'model' && node.kind !== 'stage' && node.kind !== 'period') return [];
    const options = {
      registry: await this.#registries.callsFor(node.registryDir),
      arrangement: this.choices.arrangement,
      countOf: (list: string) => this.#countOf(list),
    };
    switch (node.kind) {
      case 'model':
        return rowsOfModel(node, metricOf(node), options);
      case 'stage':
        return rowsOfStage(node, options);
      case 'period':
        return rowsOfPeriod(node, options);
    }
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
    return models.length > 0 ? models : [{ kind: 'hint', id: `${registryDir}#none`, text: t('No versions yet') }];
  }

  async #modelsOf(registryDir: string): Promise<readonly TreeNode[]> {
    const { filter, arrangement } = this.choices;
    if (filter !== '') {
      const early = this.#early.get(registryDir);
      this.#early.delete(registryDir);
      return early?.filter === filter ? early.rows : this.#filtered(registryDir, filter);
    }
    const registry = await this.#registries.callsFor(registryDir);
    const order = arrangement.modelOrder;
    const { items, hasMore } = await firstEntries(
      (page) => registry.listModels({ ...page, order }),
      this.#countOf(registryDir),
    );
    const isOpen = items.length <= OPEN_MODELS;
    const models = items.map((model): TreeNode => {
      const row = { kind: 'model', registryDir, modelId: model.id, model, isOpen } as const;
      return { ...row, isOpen: this.#opened.get(idOf(row)) ?? isOpen };
    });
    return hasMore ? [...models, { kind: 'more', list: registryDir }] : models;
  }

  async #filtered(registryDir: string, filter: string): Promise<readonly TreeNode[]> {
    const registry = await this.#registries.callsFor(registryDir);
    const foundCount = this.#shown.get(foundList(registryDir)) ?? FIRST_FOUND;
    return filteredModels(registry, { registryDir, filter, count: this.#countOf(registryDir), foundCount });
  }

  /** The editor asks for the rows only when it has heard that they are others: of what is typed, each key waits for less so. */
  async #readEarly(): Promise<void> {
    const { filter } = this.choices;
    if (filter === '') return;
    for (const { dir } of await this.#registries.existing()) {
      const rows = this.#filtered(dir, filter);
      // Whoever asks for the rows is told of what failed.
      rows.catch(() => undefined);
      this.#early.set(dir, { filter, rows });
    }
  }

  #countOf(list: string): number {
    return this.#shown.get(list) ?? PAGE;
  }
}

/** By which the versions of a model can be put in order: the metric that its row shows. */
function metricOf({ model }: ModelNode): string | undefined {
  const metrics = (model.production ?? model.latest)?.metrics;
  return metrics && headlineMetric(metrics, { preferred: preferredMetric() })?.name;
}

function registryNode({ dir, roots }: WorkspaceRegistry): TreeNode {
  return { kind: 'registry', registryDir: dir, name: roots.map((root) => root.name).join(', ') };
}

function idOf(node: TreeNode | undefined): string {
  if (node === undefined || !('registryDir' in node)) return '';
  return 'modelId' in node ? `${node.registryDir}#${node.modelId}` : node.registryDir;
}
