import * as vscode from 'vscode';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import type { AskedEntry, AskedGate } from '../../gates/asked-for.ts';
import type { PolicyProposal } from '../../registry/api/policies.ts';
import { facts, labelOf, momentText, NAME_IN_ROW, numberOf, oneLine, shortName } from '../version-text.ts';
import type { ListedProposal, ListedReview, ReviewList } from './review-list.ts';

/** A row of the view of reviews: what commands need of it stands under the names that they know. */
export interface ReviewNode {
  readonly kind: 'review';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly stage: string;
  readonly review: ListedReview;
}

/** A policy that somebody proposes. */
export interface ProposalNode {
  readonly kind: 'proposal';
  readonly registryDir: string;
  readonly model: string;
  readonly digest: string;
  readonly proposal: PolicyProposal;
}

type Node = ReviewNode | ProposalNode;

/** The promotions and policies that people ask for, those first that want a word of this person. */
export class ReviewsTree implements vscode.TreeDataProvider<Node> {
  readonly #list: Pick<ReviewList, 'entries' | 'proposals' | 'onDidChange'>;

  readonly onDidChangeTreeData: vscode.Event<undefined>;

  constructor(list: Pick<ReviewList, 'entries' | 'proposals' | 'onDidChange'>) {
    this.#list = list;
    this.onDidChangeTreeData = list.onDidChange;
  }

  getChildren(node?: Node): Node[] {
    if (node) return [];
    return [
      ...this.#list.entries.map((review): Node => {
        const { version, stage } = review.entry;
        const { registryDir } = review;
        return { kind: 'review', registryDir, modelId: version.modelId, versionId: version.id, stage, review };
      }),
      ...this.#list.proposals.map(({ registryDir, proposal }): Node => {
        const { model, digest } = proposal;
        return { kind: 'proposal', registryDir, model, digest, proposal };
      }),
    ];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'review' ? reviewItem(node) : proposalItem(node);
  }
}

function reviewItem(node: ReviewNode): vscode.TreeItem {
  const { review } = node;
  const { version, stage, comment, by, at, isWanted, isOwn } = review.entry;
  // The number first: buttons take the end of the row that the pointer is on or that is selected.
  const item = new vscode.TreeItem(
    `@${numberOf(version)} ${shortName(version.model, NAME_IN_ROW)} → ${oneLine(stage)}`,
  );
  item.id = `${node.registryDir}#${version.id}#${stage}`;
  item.iconPath = iconOf(review);
  const how = stateText(review);
  item.description = facts(how, askedText(by.name, at));
  item.tooltip = tooltip([
    t('{version} for {stage}: {how}', { version: labelOf(version), stage, how }),
    askedText(by.name, at),
    ...(comment === '' ? [] : [comment]),
    ...review.entry.problems.map(told),
    ...gateTexts(review.entry),
  ]);
  item.contextValue = isWanted ? 'review:wanted' : isOwn ? 'review:own' : 'review';
  item.command = { command: 'modelRegistry.review', title: t('Review'), arguments: [node] };
  item.accessibilityInformation = {
    label: t('{version} for {stage}, {how}, asked by {name}', { version: labelOf(version), stage, how, name: by.name }),
  };
  return item;
}

function proposalItem(node: ProposalNode): vscode.TreeItem {
  const { proposal, registryDir } = node;
  const { model, digest, by, at, comment, added, removed, votes, needed, isWanted, isOwn } = proposal;
  const item = new vscode.TreeItem(t('Policy of {model}', { model: shortName(model, NAME_IN_ROW) }));
  item.id = `${registryDir}#${model}#${digest}`;
  item.iconPath = new vscode.ThemeIcon('law', isWanted ? new vscode.ThemeColor('charts.blue') : undefined);
  const given = votes.filter(({ isGiven, isCounted, lapsed }) => isGiven && isCounted && lapsed === undefined).length;
  const isRefused = votes.some(({ isGiven, isCounted }) => !isGiven && isCounted);
  const how = facts(
    isWanted ? t('wanted from you') : undefined,
    isRefused ? t('refused') : undefined,
    needed === 0 ? undefined : approvalsText(given, needed),
  );
  item.description = facts(how, askedText(by.name, at));
  item.tooltip = tooltip([
    t('Policy of {model}', { model }),
    ...(comment === '' ? [] : [comment]),
    ...removed.map((line) => `− ${line}`),
    ...added.map((line) => `+ ${line}`),
  ]);
  item.contextValue = isWanted ? 'proposal:wanted' : isOwn ? 'proposal:own' : 'proposal';
  item.command = { command: 'modelRegistry.showProposal', title: t('Show What It Changes'), arguments: [node] };
  item.accessibilityInformation = {
    label: t('Policy of {model}, {how}, proposed by {name}', { model, how, name: by.name }),
  };
  return item;
}

function askedText(name: string, at: string): string {
  return t('asked by {name}, {moment}', { name: oneLine(name, 60), moment: momentText(at) });
}

function tooltip(lines: readonly string[]): string {
  return lines.map((line) => oneLine(line, 300)).join('\n');
}

/** What the gates say against it that the policy doesn't say already. */
function gateTexts({ gates, problems, version, stage }: AskedEntry): readonly string[] {
  if (!gates) return [t('Nobody looked at its gates yet: open it to see how they stand')];
  const isNew = ({ why }: AskedGate) => !problems.includes(why);
  const withWhy = (text: string, { why }: AskedGate) => (why === '' ? text : `${text}: ${told(why)}`);
  return [
    ...gates.failed.filter(isNew).map((gate) => withWhy(t('The gate {gate} failed', { gate: gate.title }), gate)),
    ...gates.waiting.filter(isNew).map(({ why }) => told(why)),
    ...gates.unknown.map((gate) => withWhy(t('The gate {gate} isn’t evaluated', { gate: gate.title }), gate)),
    ...(gates.onlyFrom
      ? [
          t('The policy lets versions into {stage} from {from} only, and this one is in {now}.', {
            stage,
            from: gates.onlyFrom.join(', '),
            now: version.stage,
          }),
        ]
      : []),
  ];
}

/** `wanted from you · 1 of 2 approvals` */
export function stateText({ entry, failedGates }: ListedReview): string {
  const { isWanted, state, given, needed, pending, gates } = entry;
  const approvals = needed === 0 ? undefined : approvalsText(given, needed);
  const failed =
    failedGates.length === 0 ? undefined : tCount(failedGates.length, '{count} failed gate', '{count} failed gates');
  const open = gates?.unknown.length ?? 0;
  const unknown = gates
    ? open === 0
      ? undefined
      : tCount(open, '{count} gate not evaluated', '{count} gates not evaluated')
    : t('gates not looked at');
  return facts(
    isWanted ? t('wanted from you') : undefined,
    state === 'refused' ? t('refused') : state === 'ready' ? t('ready') : undefined,
    failed,
    unknown,
    approvals,
    pending ? t('not shared yet') : undefined,
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

/** What wants this person: reviews, policies, and own requests that were refused or whose gates failed. */
export function badgeOf(
  reviews: readonly ListedReview[],
  proposals: readonly ListedProposal[],
): vscode.ViewBadge | undefined {
  const own = reviews.filter(({ entry }) => entry.isOwn);
  const wanted = reviews.filter(({ entry }) => entry.isWanted).length;
  const policies = proposals.filter(({ proposal }) => proposal.isWanted).length;
  const refused = own.filter(({ entry }) => entry.state === 'refused').length;
  const failed = own.filter(({ entry, failedGates }) => entry.state !== 'refused' && failedGates.length > 0).length;
  const value = wanted + policies + refused + failed;
  if (value === 0) return undefined;
  const tooltip = facts(
    wanted === 0 ? undefined : tCount(wanted, '{count} review wanted from you', '{count} reviews wanted from you'),
    policies === 0 ? undefined : tCount(policies, 'a policy to approve', '{count} policies to approve'),
    refused === 0 ? undefined : tCount(refused, '{count} of yours refused', '{count} of yours refused'),
    failed === 0
      ? undefined
      : tCount(failed, '{count} of yours with failed gates', '{count} of yours with failed gates'),
  );
  return { value, tooltip };
}

function approvalsText(given: number, needed: number): string {
  if (given === 0) return tCount(needed, 'no approval yet, {count} needed', 'no approval yet, {count} needed');
  return tCount(needed, '{given} of {count} approval', '{given} of {count} approvals', { given: formatNumber(given) });
}
