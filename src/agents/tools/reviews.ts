import * as v from 'valibot';
import type { ReviewVote } from '../../catalog/read-models/reviews.ts';
import { type AskedEntry, withGates } from '../../gates/asked-for.ts';
import type { RefusedEntry } from '../../registry/api/sharing.ts';
import { MODEL, REF, STAGE } from '../inputs.ts';
import { labelOf, personOf } from '../shapes.ts';
import { tool } from '../tool.ts';

const SHOWN = 50;

export const reviewTools = [
  tool({
    name: 'check_gates',
    title: 'Check the gates of a stage',
    description:
      'Tells whether a version would be let into a stage, and why not: each gate with what it measured and requires, approvals, and who is in the stage now. Runs no command and records nothing.',
    entries: { ref: REF, stage: STAGE },
    async run(site, { ref, stage }) {
      const { standing, results } = await site.gates({ ref, stage });
      const broken = results.filter(({ outcome }) => outcome !== 'passed');
      return {
        version: labelOf(standing.version),
        nowIn: standing.version.stage,
        stage: standing.stage,
        wouldBe: standing.kind,
        passesItsGates: broken.length === 0,
        whyNot: broken.map(({ title, required, measured, why }) => ({ gate: title, required, measured, why })),
        gates: results.map(({ gate, title, source, outcome, measured, required, why }) => ({
          ...{ gate, title, source, outcome, measured, required, why },
        })),
        approvals: standing.approvals.map(voteShape),
        ...(standing.from ? { onlyFromStages: standing.from } : {}),
        ...(standing.holder ? { inTheStageNow: labelOf(standing.holder) } : {}),
        ...(standing.request
          ? { requestedBy: personOf(standing.request.by), requestComment: standing.request.comment }
          : {}),
      };
    },
  }),
  tool({
    name: 'list_reviews',
    title: 'List reviews',
    description: 'Lists the promotions that people ask for, what each still needs, and whether this person is asked.',
    entries: {
      model: v.optional(MODEL),
      onlyMine: v.optional(v.pipe(v.boolean(), v.description('Only those that want a word of this person.')), false),
    },
    isPersonal: true,
    async run(site, { model, onlyMine }) {
      const all = await site.registry.reviews({ isWanted: onlyMine, ...(model === undefined ? {} : { model }) });
      const shown = await withGates(
        all.slice(0, SHOWN),
        (asked) => site.gates(asked),
        () => undefined,
      );
      const wanted = shown.filter(({ isWanted }) => !onlyMine || isWanted);
      return { total: all.length - shown.length + wanted.length, reviews: wanted.map(reviewShape) };
    },
  }),
  tool({
    name: 'refused_work',
    title: 'What was refused or waits',
    description:
      'Of a shared registry: what was asked for on this machine and the shared log didn’t take, and why; and what still waits to be shared.',
    entries: {},
    async run({ registry }) {
      const [refused, pending] = await Promise.all([registry.refused(), registry.pending()]);
      return {
        refused: refused.slice(0, SHOWN).map(refusedShape),
        refusedTotal: refused.length,
        waiting: pending.slice(0, SHOWN).map(({ summary, askedAt, by, reason, isStale }) => ({
          ...{ summary, askedAt, reason, isStale },
          by: personOf(by),
        })),
        waitingTotal: pending.length,
      };
    },
  }),
];

function voteShape({ by, isGiven, comment, at, isCounted, isAuthor, lapsed }: ReviewVote) {
  return {
    ...{ by: personOf(by), says: isGiven ? 'approved' : 'refused', at, counts: isCounted && !isAuthor && !lapsed },
    ...(comment === '' ? {} : { comment }),
    ...(lapsed ? { lapsedBecause: lapsed.why } : {}),
  };
}

function reviewShape(review: AskedEntry) {
  const {
    version,
    stage,
    by,
    at,
    comment,
    reviewers,
    holder,
    approvals,
    needed,
    given,
    problems,
    state,
    isWanted,
    gates,
  } = review;
  return {
    ...{ version: labelOf(version), stage, state, requestedBy: personOf(by), at, comment, reviewers },
    approvalsNeeded: needed,
    approvalsGiven: given,
    approvals: approvals.map(voteShape),
    problems,
    gates: gates ?? 'not looked at',
    wantsAWordOfThisPerson: isWanted,
    ...(holder ? { inTheStageNow: labelOf(holder) } : {}),
  };
}

function refusedShape({ summary, askedAt, by, code, reason, theirs, wouldDo }: RefusedEntry) {
  return {
    ...{ summary, askedAt, by: personOf(by), code, reason },
    ...(theirs ? { thereInstead: { summary: theirs.summary, by: personOf(theirs.by), at: theirs.at } } : {}),
    askingAgain: wouldDo,
  };
}
