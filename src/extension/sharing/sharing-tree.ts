import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { told, toldOf } from '../../base/retold.ts';
import type { PendingEntry, RefusedEntry } from '../../registry/api/sharing.ts';
import { entryWords } from '../activity/entry-words.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { facts, inQuotes, momentText, oneLine } from '../version-text.ts';
import type { SharedStates } from './shared-states.ts';

/** A row of the view of shared work. */
export type SharingNode =
  | { readonly kind: 'refused'; readonly registryDir: string; readonly id: string; readonly entry: RefusedEntry }
  | { readonly kind: 'waiting'; readonly registryDir: string; readonly id: string; readonly entry: PendingEntry }
  | {
      readonly kind: 'fact';
      readonly id: string;
      readonly name: string;
      readonly text: string;
      readonly icon: string;
    };

/** What the shared registry refused, each as a card of facts, and what waits to be shared. */
export class SharingTree implements vscode.TreeDataProvider<SharingNode>, vscode.Disposable {
  readonly #registries: Pick<Registries, 'existing' | 'onDidChange'>;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: readonly vscode.Disposable[];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    registries: Pick<Registries, 'existing' | 'onDidChange'>,
    states: SharedStates,
    log: vscode.LogOutputChannel,
  ) {
    this.#registries = registries;
    this.#log = log;
    const refresh = () => this.#changed.fire(undefined);
    this.#subscriptions = [registries.onDidChange(refresh), states.onDidChange(refresh)];
  }

  async getChildren(node?: SharingNode): Promise<SharingNode[]> {
    if (node?.kind === 'refused') return factsOf(node.id, node.entry);
    if (node) return [];
    const perRegistry = await Promise.all(
      (await this.#registries.existing()).map(async ({ dir, connection }) => {
        try {
          const [refused, waiting] = await Promise.all([connection.registry.refused(), connection.registry.pending()]);
          return [
            ...refused.map((entry): SharingNode => ({ kind: 'refused', registryDir: dir, id: entry.id, entry })),
            ...waiting.map((entry): SharingNode => ({ kind: 'waiting', registryDir: dir, id: entry.id, entry })),
          ];
        } catch (error) {
          this.#log.warn(`What waits to be shared can't be shown: ${messageOf(error)}`);
          const text = toldOf(error);
          return [{ kind: 'fact' as const, id: `${dir}#problem`, name: t('Problem'), text, icon: 'error' }];
        }
      }),
    );
    return perRegistry.flat();
  }

  getTreeItem(node: SharingNode): vscode.TreeItem {
    switch (node.kind) {
      case 'refused':
        return refusedItem(node.id, node.entry);
      case 'waiting':
        return waitingItem(node.id, node.entry);
      case 'fact':
        return factItem(node);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

function refusedItem(id: string, entry: RefusedEntry): vscode.TreeItem {
  const { wouldApply, askedAt } = entry;
  const summary = told(entry.summary);
  const { label, what } = asked(entry);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  // Not that of the row that it was while it waited: the editor remembers which rows are closed.
  item.id = `${id}#refused`;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.description = facts(what, t('refused'), t('asked {askedAt}', { askedAt: momentText(askedAt) }));
  item.tooltip = t('Refused: {summary}', { summary: oneLine(summary) });
  item.contextValue = wouldApply ? 'refused:applicable' : 'refused';
  item.accessibilityInformation = { label: t('Refused: {summary}', { summary }) };
  return item;
}

/** Mine, theirs, why, and what would happen. */
function factsOf(id: string, { by, askedAt, reason, theirs, wouldApply, wouldDo }: RefusedEntry): SharingNode[] {
  const fact = (name: string, text: string, icon: string): SharingNode => ({
    kind: 'fact',
    id: `${id}#${name}`,
    name,
    text,
    icon,
  });
  const why = theirs?.reason === undefined ? '' : `: ${inQuotes(theirs.reason)}`;
  return [
    fact(t('Mine'), facts(by.name, momentText(askedAt)), 'account'),
    ...(theirs
      ? [
          fact(
            t('Theirs'),
            `${told(theirs.summary)}, ${theirs.by.name}, ${momentText(theirs.at)}${why}`,
            'organization',
          ),
        ]
      : []),
    fact(t('Why'), told(reason), 'info'),
    fact(
      t('Again'),
      wouldApply
        ? t('would be recorded: {wouldDo}', { wouldDo: told(wouldDo) })
        : t('would be refused again: {wouldDo}', { wouldDo: told(wouldDo) }),
      wouldApply ? 'redo' : 'circle-slash',
    ),
  ];
}

/** What is asked for isn't done: it isn't told as the log tells what was, wherever that can be said in another way. */
function asked(entry: Pick<PendingEntry, 'summary' | 'events'>): { readonly label: string; readonly what?: string } {
  return entryWords(entry, preferredMetric()) ?? { label: oneLine(told(entry.summary)) };
}

function waitingItem(id: string, entry: PendingEntry): vscode.TreeItem {
  const { askedAt, isStale, by } = entry;
  const summary = told(entry.summary);
  const { label, what } = asked(entry);
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(isStale ? 'question' : 'cloud-upload');
  item.description = facts(
    what,
    isStale ? t('asked long ago: still wanted?') : t('not shared yet'),
    t('asked {askedAt}', { askedAt: momentText(askedAt) }),
  );
  item.tooltip = facts(oneLine(summary), oneLine(by.name));
  item.contextValue = isStale ? 'waiting:stale' : 'waiting';
  item.accessibilityInformation = { label: t('Not shared yet: {summary}', { summary }) };
  return item;
}

function factItem({ id, name, text, icon }: Extract<SharingNode, { kind: 'fact' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.id = id;
  item.description = oneLine(text, 300);
  item.tooltip = oneLine(text, 1000);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.accessibilityInformation = { label: `${name}: ${text}` };
  return item;
}
