import * as vscode from 'vscode';
import { countOf, facts, labelOf, momentText, oneLine } from '../version-text.ts';
import type { ListedReview, ReviewList } from './review-list.ts';

/** A row of the view of reviews: what commands need of it stands under the names that they know. */
export interface ReviewNode {
  readonly kind: 'review';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly stage: string;
  readonly review: ListedReview;
}

/** The promotions that people ask for, those first that want a word of this person. */
export class ReviewsTree implements vscode.TreeDataProvider<ReviewNode> {
  readonly #list: Pick<ReviewList, 'entries' | 'onDidChange'>;

  readonly onDidChangeTreeData: vscode.Event<undefined>;

  constructor(list: Pick<ReviewList, 'entries' | 'onDidChange'>) {
    this.#list = list;
    this.onDidChangeTreeData = list.onDidChange;
  }

  getChildren(node?: ReviewNode): ReviewNode[] {
    if (node) return [];
    return this.#list.entries.map((review) => ({
      kind: 'review',
      registryDir: review.registryDir,
      modelId: review.entry.version.modelId,
      versionId: review.entry.version.id,
      stage: review.entry.stage,
      review,
    }));
  }

  getTreeItem(node: ReviewNode): vscode.TreeItem {
    const { review } = node;
    const { version, stage, comment, by, at, isWanted, isOwn } = review.entry;
    const item = new vscode.TreeItem(oneLine(`${labelOf(version)} → ${stage}`));
    item.id = `${node.registryDir}#${version.id}#${stage}`;
    item.iconPath = iconOf(review);
    const how = stateText(review);
    item.description = facts(how, `asked by ${oneLine(by.name, 60)}, ${momentText(at)}`);
    item.tooltip = [
      `${labelOf(version)} for ${stage}: ${how}`,
      `Asked by ${by.name}, ${momentText(at)}`,
      ...(comment === '' ? [] : [comment]),
      ...review.entry.problems,
      ...review.failedGates.map((gate) => `The gate ${gate} failed`),
    ]
      .map((line) => oneLine(line, 300))
      .join('\n');
    item.contextValue = isWanted ? 'review:wanted' : isOwn ? 'review:own' : 'review';
    item.command = { command: 'modelRegistry.review', title: 'Review', arguments: [node] };
    item.accessibilityInformation = { label: `${labelOf(version)} for ${stage}, ${how}, asked by ${by.name}` };
    return item;
  }
}

/** `wanted from you · 1 of 2 approvals` */
export function stateText({ entry, failedGates }: ListedReview): string {
  const { isWanted, state, given, needed, pending } = entry;
  const approvals = needed === 0 ? undefined : `${given} of ${countOf(needed, 'approval')}`;
  const failed = failedGates.length === 0 ? undefined : countOf(failedGates.length, 'failed gate');
  const stands = state === 'refused' ? 'refused' : state === 'ready' && !failed ? 'ready' : undefined;
  return facts(
    isWanted ? 'wanted from you' : undefined,
    stands,
    failed,
    approvals,
    pending ? 'not shared yet' : undefined,
  );
}

function iconOf({ entry: { state, isWanted }, failedGates }: ListedReview): vscode.ThemeIcon {
  if (state === 'refused' || failedGates.length > 0)
    return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (isWanted) return new vscode.ThemeIcon('eye', new vscode.ThemeColor('charts.blue'));
  return state === 'ready'
    ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('charts.green'))
    : new vscode.ThemeIcon('clock');
}

/** What wants this person: reviews, and own requests that were refused or whose gates failed. */
export function badgeOf(reviews: readonly ListedReview[]): vscode.ViewBadge | undefined {
  const wanted = reviews.filter(({ entry }) => entry.isWanted).length;
  const refused = reviews.filter(({ entry }) => entry.isOwn && entry.state === 'refused').length;
  const failed = reviews.filter(
    ({ entry, failedGates }) => entry.isOwn && entry.state !== 'refused' && failedGates.length > 0,
  ).length;
  const value = wanted + refused + failed;
  if (value === 0) return undefined;
  const tooltip = facts(
    wanted === 0 ? undefined : `${countOf(wanted, 'review')} wanted from you`,
    refused === 0 ? undefined : `${refused} of yours refused`,
    failed === 0 ? undefined : `${failed} of yours with failed gates`,
  );
  return { value, tooltip };
}
