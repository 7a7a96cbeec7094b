import type { RequestEntry, ReviewVote, VersionReview } from '../../catalog/read-models/reviews.ts';
import type { AskedEntry, AskedGate } from '../../gates/asked-for.ts';
import type { PolicyProposal } from '../../registry/api/policies.ts';
import { safeLine, styled } from '../terminal.ts';
import { indented } from './sections.ts';
import { tableText } from './tables.ts';
import { authorText, labelOf, plural, provenAuthorText, timeText } from './values.ts';

const STATES = { ready: 'ready', waiting: 'waits', refused: 'REFUSED' } as const;
const COLOURS = { ready: 'green', waiting: 'yellow', refused: 'red' } as const;

/** What is asked for: promotions and policies, and what each still needs. */
export function reviewsText(promotions: readonly AskedEntry[], policies: readonly PolicyProposal[]): string {
  const parts = [...(promotions.length === 0 ? [] : [promotionsText(promotions)]), ...policies.map(proposalText)];
  return parts.length === 0 ? 'Nothing is asked for' : parts.join('\n\n');
}

function promotionsText(promotions: readonly AskedEntry[]): string {
  const table = tableText(
    ['VERSION', 'TO', 'STATE', 'APPROVALS', 'ASKED BY', 'AT', 'OF'],
    promotions.map((entry) => [
      labelOf(entry.version),
      safeLine(entry.stage),
      styled(COLOURS[entry.state], STATES[entry.state]),
      entry.needed === 0 ? String(entry.given) : `${entry.given} of ${entry.needed}`,
      authorText({ name: entry.by.name, email: '' }),
      `${timeText(entry.at)}${entry.pending ? ' (not shared yet)' : ''}`,
      `${reviewersText(entry)}${entry.isWanted ? styled('yellow', ' (you)') : ''}`,
    ]),
  );
  const details = promotions.flatMap((entry) => {
    const lines = [
      ...(entry.comment === '' ? [] : [indented(entry.comment)]),
      ...entry.approvals.map((vote) => `  ${voteText(vote)}`),
      ...entry.problems.map((problem) => `  ${styled('yellow', safeLine(problem, 300))}`),
      ...gateLines(entry),
    ];
    return lines.length === 0 ? [] : [`${labelOf(entry.version)} for ${safeLine(entry.stage)}`, ...lines];
  });
  return [table, ...details].join('\n');
}

/** What the gates say against it that the policy doesn't say already. */
function gateLines({ gates, problems, stage }: AskedEntry): readonly string[] {
  if (!gates)
    return [`  ${styled('yellow', 'its gates weren’t looked at: `model-registry gates` tells how they stand')}`];
  const line = (colour: 'red' | 'yellow', word: string) => (one: AskedGate) =>
    `  ${styled(colour, word)} ${safeLine(one.why === '' ? one.title : `${one.title}: ${one.why}`, 300)}`;
  const isNew = ({ why }: AskedGate) => !problems.includes(why);
  return [
    ...gates.failed.filter(isNew).map(line('red', 'failed')),
    ...gates.waiting.filter(isNew).map(line('yellow', 'waits for')),
    ...gates.unknown.map(line('yellow', 'not evaluated')),
    ...(gates.onlyFrom
      ? [`  ${styled('yellow', safeLine(`gets to ${stage} only from ${gates.onlyFrom.join(', ')}`, 300))}`]
      : []),
  ];
}

/** A proposed policy with what it would change. */
export function proposalText(proposal: PolicyProposal): string {
  const { model, digest, by, at, comment, removed, added, votes, needed, problem } = proposal;
  return [
    styled('bold', `Policy ${digest.slice(0, 12)} for ${safeLine(model)}`),
    `  proposed ${timeText(at)} by ${provenAuthorText(by)} ${reviewersText(proposal)}`.trimEnd(),
    ...(comment === '' ? [] : [indented(comment)]),
    ...removed.map((line) => styled('red', `  - ${safeLine(line, 500)}`)),
    ...added.map((line) => styled('green', `  + ${safeLine(line, 500)}`)),
    ...votes.map((vote) => `  ${voteText({ ...vote, isAuthor: false })}`),
    needed === 0
      ? '  needs no approval'
      : `  needs ${plural(needed, 'approval')}${problem === undefined ? ', and you can set it' : `: ${safeLine(problem, 300)}`}`,
  ].join('\n');
}

function reviewersText({ reviewers }: Pick<RequestEntry, 'reviewers'>): string {
  return reviewers.map((reviewer) => safeLine(reviewer, 60)).join(', ');
}

/** A stage of a version that somebody asked for, or said something of. */
export function reviewText({ stage, request, approvals }: VersionReview): string {
  const asked = request
    ? [
        `  ${timeText(request.at)}  ${safeLine(stage)} asked for by ${provenAuthorText(request.by)}`,
        ...(request.comment === '' ? [] : [indented(request.comment)]),
      ]
    : [];
  const votes = approvals.flatMap((vote) => {
    const { at, comment } = vote;
    return [`  ${timeText(at)}  ${voteText(vote, stage)}`, ...(comment === '' ? [] : [indented(comment)])];
  });
  return [...asked, ...votes].join('\n');
}

/** Who said what, and whether it counts. */
export function voteText({ by, isGiven, isCounted, isAuthor, lapsed }: ReviewVote, stage?: string): string {
  const said = styled(isGiven ? 'green' : 'red', isGiven ? 'approved' : 'refused');
  const isGone = lapsed !== undefined && lapsed.code !== 'used';
  const why = [
    ...(isGone ? [`lapsed ${timeText(lapsed.at)}, because ${safeLine(lapsed.why, 300)}`] : []),
    ...(lapsed?.code === 'used' ? [`until ${timeText(lapsed.at)}, when ${safeLine(lapsed.why, 300)}`] : []),
    ...(isAuthor && isGiven ? ['doesn’t count: registered it'] : []),
    ...(isCounted ? [] : ['doesn’t count by the policy']),
  ].join('; ');
  const place = stage === undefined ? '' : ` for ${safeLine(stage)}`;
  return `${said}${place} by ${provenAuthorText(by)}${why === '' ? '' : `, ${styled(isGone ? 'yellow' : 'dim', why)}`}`;
}
