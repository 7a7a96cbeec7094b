import * as v from 'valibot';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t, tCount } from '../../base/language.ts';
import type { CommandId } from '../command-ids.ts';
import { inform } from '../notify.ts';
import { inQuotes, labelOf, oneLine } from '../version-text.ts';
import type { ListedProposal, ListedReview, PromotedForMe, ReviewList } from './review-list.ts';
import { badgeOf } from './reviews-tree.ts';

const TOLD = 'modelRegistry.toldReviews';
/** So many of the newest are remembered as told. */
const REMEMBERED = 500;

const toldSchema = v.fallback(v.array(v.string()), []);

/** Something that happened to a review, told once. */
interface News {
  readonly key: string;
  readonly text: string;
  /** The command that shows it, and its argument. */
  readonly show: readonly [id: CommandId, argument: unknown];
}

/**
 * Shows the badge, and tells of reviews that are wanted of this person and of answers to what they asked for: each once for all windows, and
 * never while another such message is on the screen.
 */
export function tellReviews(options: {
  readonly list: ReviewList;
  readonly view: Pick<vscode.TreeView<unknown>, 'badge'>;
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  const { list, view, state, log } = options;
  let isShowing = false;

  const tell = async (): Promise<void> => {
    if (isShowing) return;
    const told = v.parse(toldSchema, state.get(TOLD));
    const all = [
      ...list.takePromoted().map(newsOfPromoted),
      ...list.entries.flatMap(newsOf),
      ...list.proposals.flatMap(newsOfProposal),
    ];
    const news = all.filter(({ key }) => !told.includes(key));
    const [first] = news;
    if (!first) return;
    isShowing = true;
    try {
      const keys = [...told, ...news.map(({ key }) => key)];
      // Never fewer than there are: what was forgotten would be told again, and again.
      await state.update(TOLD, keys.slice(-Math.max(REMEMBERED, all.length)));
      const more =
        news.length > 1
          ? ` ${tCount(news.length - 1, 'And {count} more in the Reviews view.', 'And {count} more in the Reviews view.')}`
          : '';
      const chosen = await inform(`${first.text}${more}`, t('Show'));
      if (chosen !== undefined) await vscode.commands.executeCommand(...first.show);
    } finally {
      isShowing = false;
    }
    // What happened meanwhile.
    await tell();
  };

  const show = (): void => {
    view.badge = badgeOf(list.entries, list.proposals);
    void tell().catch((error: unknown) => log.warn(messageOf(error)));
  };
  return list.onDidChange(show);
}

/** What there is to tell of one: that it is wanted, or what others said of one's own. */
function newsOf(review: ListedReview): readonly News[] {
  const show: News['show'] = [
    'modelRegistry.review',
    { registryDir: review.registryDir, versionId: review.entry.version.id, stage: review.entry.stage },
  ];
  const { version, stage, by, at, comment, isWanted, isOwn, approvals } = review.entry;
  const what = t('{version} for {stage}', { version: labelOf(version), stage });
  const about = `${version.id}|${stage}|${at}`;
  if (isWanted) {
    const why = comment === '' ? '' : `: ${inQuotes(comment, 120)}`;
    return [
      {
        key: `wanted|${about}`,
        text: `${t('{name} asks you to review {what}', { name: oneLine(by.name, 60), what })}${why}`,
        show,
      },
    ];
  }
  if (!isOwn) return [];
  return approvals
    .filter(({ isAuthor, lapsed, ...vote }) => !isAuthor && lapsed === undefined && vote.at >= at)
    .map((vote) => {
      const why = vote.comment === '' ? '.' : `: ${inQuotes(vote.comment, 120)}`;
      const name = oneLine(vote.by.name || vote.person, 60);
      return {
        key: `answer|${about}|${vote.person}|${vote.at}`,
        text: `${vote.isGiven ? t('{name} approved {what}', { name, what }) : t('{name} refused {what}', { name, what })}${why}`,
        show,
      };
    });
}

function newsOfPromoted({ registryDir, version }: PromotedForMe): News {
  const { stage, stageBy, stageSince } = version;
  return {
    key: `promoted|${version.id}|${stage}|${stageSince}`,
    text: t('{name} promoted {version} to {stage}, as you asked', {
      name: oneLine(stageBy.name, 60),
      version: labelOf(version),
      stage,
    }),
    show: ['modelRegistry.showVersion', { registryDir, versionId: version.id }],
  };
}

function newsOfProposal({ registryDir, proposal }: ListedProposal): readonly News[] {
  const { model, digest, by, at, isWanted } = proposal;
  if (!isWanted) return [];
  const text = t('{name} proposes another policy of {model}', {
    name: oneLine(by.name, 60),
    model: oneLine(model, 100),
  });
  return [
    { key: `policy|${digest}|${at}`, text, show: ['modelRegistry.showProposal', { registryDir, model, digest }] },
  ];
}
