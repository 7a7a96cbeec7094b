import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import {
  type HintNode,
  type MoreNode,
  type ProblemNode,
  problemNode,
  type RegistryNode,
} from '../models-tree/nodes.ts';
import { treeItemOf } from '../models-tree/tree-items.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { type ActivityFilter, filterText, requestOf } from './activity-filter.ts';
import { dayItem, entriesItem, entryItem } from './activity-items.ts';
import { type ActivityDay, type ActivityRow, activityDays } from './activity-rows.ts';

export type ActivityNode =
  | RegistryNode
  | { readonly kind: 'day'; readonly registryDir: string; readonly day: ActivityDay }
  | (Extract<ActivityRow, { kind: 'entries' }> & { readonly registryDir: string })
  | EntryNode
  | MoreNode
  | HintNode
  | ProblemNode;

export interface EntryNode {
  readonly kind: 'entry';
  readonly registryDir: string;
  readonly modelId?: string;
  readonly versionId?: string;
  readonly entry: LogEntry;
}

/** What the tree needs of the window's registries. */
interface ActivityRegistries extends Pick<Registries, 'existing' | 'problems' | 'onDidChange'> {
  callsFor(dir: string): Promise<Pick<RegistryCalls, 'log'>>;
}

const PAGE = 50;

/** What happened, newest first: the log as people read it, a page at a time. */
export class ActivityTree implements vscode.TreeDataProvider<ActivityNode>, vscode.Disposable {
  readonly #registries: ActivityRegistries;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;
  /** How many pages of a registry's log are shown. */
  readonly #pages = new Map<string, number>();
  #filter: ActivityFilter = {};

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(registries: ActivityRegistries, log: vscode.LogOutputChannel) {
    this.#registries = registries;
    this.#log = log;
    this.#subscription = registries.onDidChange(() => this.refresh());
  }

  get filter(): ActivityFilter {
    return this.#filter;
  }

  setFilter(filter: ActivityFilter): void {
    this.#filter = filter;
    this.#pages.clear();
    this.refresh();
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  showMore({ list }: Pick<MoreNode, 'list'>): void {
    this.#pages.set(list, (this.#pages.get(list) ?? 1) + 1);
    this.refresh();
  }

  getTreeItem(node: ActivityNode): vscode.TreeItem {
    switch (node.kind) {
      case 'day':
        return dayItem(node.registryDir, node.day);
      case 'entries':
        return entriesItem(node.registryDir, node);
      case 'entry':
        return entryItem(node.registryDir, node, preferredMetric());
      default:
        return treeItemOf(node, undefined);
    }
  }

  async getChildren(node?: ActivityNode): Promise<ActivityNode[]> {
    try {
      return [...(await this.#childrenOf(node))];
    } catch (error) {
      this.#log.error(`The activity can't be shown: ${messageOf(error)}`);
      const dir = node?.kind === 'registry' ? node.registryDir : undefined;
      return [problemNode(dir, dir ?? '', error)];
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #childrenOf(node: ActivityNode | undefined): Promise<readonly ActivityNode[]> {
    if (node === undefined) return this.#roots();
    switch (node.kind) {
      case 'registry':
        return this.#daysOf(node.registryDir);
      case 'day':
        return node.day.rows.map((row) => rowNode(node.registryDir, row));
      case 'entries':
        return node.entries.map((entry) => entryNode(node.registryDir, entry));
      default:
        return [];
    }
  }

  async #roots(): Promise<readonly ActivityNode[]> {
    const problems = (await this.#registries.problems()).map(
      ({ root, message }): ActivityNode => ({ kind: 'problem', id: `problem#${root.uri.toString()}`, message }),
    );
    const registries = await this.#registries.existing();
    const [only] = registries;
    if (registries.length === 1 && only) return [...problems, ...(await this.#daysOf(only.dir))];
    const rows = registries.map(
      ({ dir, roots }): ActivityNode => ({
        kind: 'registry',
        registryDir: dir,
        name: roots.map(({ name }) => name).join(', '),
      }),
    );
    return [...problems, ...rows];
  }

  async #daysOf(registryDir: string): Promise<readonly ActivityNode[]> {
    const request = requestOf(this.#filter, registryDir);
    if (!request) return [];
    const calls = await this.#registries.callsFor(registryDir);
    const entries: LogEntry[] = [];
    let before: string | undefined;
    for (let page = this.#pages.get(listName(registryDir)) ?? 1; page > 0; page -= 1) {
      const { items, next } = await calls.log({ ...request, limit: PAGE, ...(before === undefined ? {} : { before }) });
      entries.push(...items);
      before = next;
      if (before === undefined) break;
    }
    const days = activityDays(entries).map((day): ActivityNode => ({ kind: 'day', registryDir, day }));
    if (before !== undefined) return [...days, { kind: 'more', list: listName(registryDir) }];
    if (days.length > 0 || filterText(this.#filter) === '') return days;
    return [{ kind: 'hint', id: `${registryDir}#nothing`, text: t('Nothing in the log fits the filter') }];
  }
}

/** Not the one that the Models view's list of the same registry has. */
function listName(registryDir: string): string {
  return `activity#${registryDir}`;
}

function rowNode(registryDir: string, row: ActivityRow): ActivityNode {
  return row.kind === 'entries' ? { ...row, registryDir } : entryNode(registryDir, row.entry);
}

function entryNode(registryDir: string, entry: LogEntry): EntryNode {
  return { kind: 'entry', registryDir, ...entry.subject, entry };
}
