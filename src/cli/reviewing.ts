import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { reviewsText } from './format/reviews.ts';
import { labelOf } from './format/values.ts';
import { print, printJson, safeLine } from './terminal.ts';

interface Asked {
  readonly ref: string;
  readonly stage: string;
  readonly comment?: string;
}

/** `request`: asks people to look at a version, or takes that back. */
export async function requestReview(
  context: CommandContext,
  request: Asked & { readonly reviewers: readonly string[]; readonly isWithdrawn: boolean },
): Promise<void> {
  const { reviewers, isWithdrawn, ...asked } = request;
  const result = await context.withRegistry((registry) =>
    isWithdrawn ? registry.withdrawRequest(asked) : registry.requestPromotion({ ...asked, reviewers }),
  );
  const { version, stage, pending } = result;
  if (context.isJson)
    return printJson({
      version: versionJson(version),
      stage,
      reviewers: result.reviewers,
      withdrawn: isWithdrawn,
      pending,
    });
  const label = labelOf(version);
  const waits = pending ? ' (not shared yet)' : '';
  print(
    isWithdrawn
      ? `Withdrew the request to promote ${label} to ${safeLine(stage)}${waits}`
      : `Asked for ${label} to be promoted to ${safeLine(stage)}${waits}`,
  );
}

/** `reviews`: what is asked for, and of whom. */
export async function showReviews(
  context: CommandContext,
  { model, isWanted }: { readonly model: string | undefined; readonly isWanted: boolean },
): Promise<void> {
  const request = { ...(model === undefined ? {} : { model }), isWanted };
  await context.asPerson(async (registry) => {
    const [promotions, policies] = [await registry.reviews(request), await registry.policyProposals(request)];
    if (!context.isJson) return print(reviewsText(promotions, policies));
    printJson({
      promotions: promotions.map(({ version, holder, ...entry }) => ({
        version: versionJson(version),
        holder: holder ? versionJson(holder) : null,
        ...entry,
      })),
      policies,
    });
  });
}
