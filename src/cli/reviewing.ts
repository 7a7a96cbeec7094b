import { withGates } from '../gates/asked-for.ts';
import { declaredIn } from '../gates/declared.ts';
import { evaluateGates } from '../gates/evaluate-gates.ts';
import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { reviewsText } from './format/reviews.ts';
import { labelOf } from './format/values.ts';
import { print, printJson, reportLeftOut, safeLine } from './terminal.ts';

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
  let isTold = false;
  await context.asPerson(async (registry) => {
    const asked = await withGates(
      await registry.reviews(request),
      async (of) => {
        const project = await context.project();
        return evaluateGates(registry, of, (name) => declaredIn(project, name));
      },
      // What is asked for shows all the same: of all requests it is one reason, most likely the project file.
      (error) => {
        if (!isTold) reportLeftOut(error, context.isJson);
        isTold = true;
      },
    );
    // What the project file asks of people may be there already.
    const promotions = asked.filter((entry) => !isWanted || entry.isWanted);
    const policies = await registry.policyProposals(request);
    if (!context.isJson) return print(reviewsText(promotions, policies));
    printJson({
      promotions: promotions.map(({ version, holder, ...entry }) => ({
        version: versionJson(version),
        holder: holder ? versionJson(holder) : null,
        ...entry,
        gates: entry.gates ?? null,
      })),
      policies,
    });
  });
}
