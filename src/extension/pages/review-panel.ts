import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { GateStanding } from '../../registry/api/gates.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { ChangedCode } from '../code/changed-code.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import type { PageKind } from '../messages/page-data.ts';
import type { ReviewPageState } from '../messages/page-states.ts';
import type { ReviewPageData } from '../messages/review.ts';
import type { Reviews } from '../reviews/reviews.ts';
import type { NOTHING_OF_REVIEWS } from './not-on-page.ts';
import type { DirectionsOf } from './page-data.ts';
import { loadReviewPage, reviewTitle } from './review-data.ts';

/** What a review is done with. */
export interface ReviewTools {
  readonly reviews: Pick<Reviews, 'running' | 'gates' | 'run' | 'cancel' | 'showOutput' | 'openEvidence' | 'decide'>;
  readonly changedCode: Pick<ChangedCode, 'between'>;
  readonly isTrusted: () => boolean;
  readonly runCommand: (id: string, argument: ReviewPageState & { readonly isAgain: boolean }) => void;
}

/** The reason with which a language model proposed what the page is about, until a person has decided. */
export interface ProposedReason {
  get(): string | undefined;
  settle(): void;
}

export interface ReviewPanel {
  load(
    registry: RegistryCalls,
    directionsOf: DirectionsOf,
  ): Promise<{ readonly title: string; readonly data: ReviewPageData }>;
  readonly handlers: Pick<RequestHandlers<PageKind>, keyof typeof NOTHING_OF_REVIEWS | 'codeBetween'>;
}

/** A person may decide on what was shown while the page is being drawn anew. */
const REMEMBERED = 4;

/** The page of one review: remembers what it showed, which is what a decision is about. */
export function reviewPanel(state: ReviewPageState, tools: ReviewTools, proposed: ProposedReason): ReviewPanel {
  const { reviews, changedCode, isTrusted, runCommand } = tools;
  const shown = new Map<number, GateStanding>();
  let revision = 0;
  let otherId: string | undefined;

  return {
    async load(registry, directionsOf) {
      const running = reviews.running(state);
      const proposal = proposed.get();
      revision += 1;
      const { data, standing } = await loadReviewPage(registry, state, directionsOf, {
        revision,
        isTrusted: isTrusted(),
        ...(running ? { running: { step: running.step } } : {}),
        ...(proposal === undefined ? {} : { proposal }),
      });
      shown.set(data.revision, standing);
      shown.delete(data.revision - REMEMBERED);
      otherId = data.other?.version.id;
      return { title: reviewTitle(data.version, data.stage), data };
    },
    handlers: {
      codeBetween: async (_params, operation) => {
        const { registryDir, versionId: afterId } = state;
        if (otherId === undefined) return {};
        const between = await changedCode.between({ registryDir, beforeId: otherId, afterId }, operation);
        return between ? { between } : {};
      },
      gates: () => reviews.gates(state),
      runGates: async ({ isAgain }) => runCommand('modelRegistry.runGates', { ...state, isAgain }),
      cancelGates: async () => reviews.cancel(state),
      showGateOutput: async () => reviews.showOutput(),
      openEvidence: ({ gate }) => reviews.openEvidence(state, gate),
      async decide(request) {
        const standing = shown.get(request.revision);
        if (!standing)
          throw new RegistryError(
            'OUT_OF_DATE',
            t('The page has changed since. Look at it again; nothing was changed.'),
          );
        const result = await reviews.decide(state, request, standing);
        if (result.outcome === 'done') proposed.settle();
        return result;
      },
    },
  };
}
