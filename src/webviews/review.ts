import { html, nothing, type TemplateResult } from 'lit';
import { tParts } from '../base/language.ts';
import type { Baseline } from '../extension/messages/page-data.ts';
import type { ReviewGates, ReviewPageData } from '../extension/messages/review.ts';
import { approvalsSection, requestSection } from './review/approvals.ts';
import { dangerSide } from './review/danger.ts';
import { decisionSection } from './review/decision.ts';
import { evaluationsBeside } from './review/evaluations.ts';
import { filesBeside } from './review/files.ts';
import { gatesSection } from './review/gates.ts';
import { reviewHeader } from './review/header.ts';
import { whatChanged } from './review/what-changed.ts';
import { type Later, type PageContext, runPage } from './shared/page.ts';
import { headline } from './version/headline.ts';
import { metricsSection, notMeasured } from './version/metrics.ts';
import { dangerBanner } from './version/model.ts';

/** Gates may fetch what files say, or compute intervals from predictions. */
const patienceMs = 120_000;

export type LaterGates = Later<ReviewGates>;

/** What the gates were evaluated for last. */
let evaluated: ReviewPageData | undefined;

/** A version on its way to a stage, beside the one that is there: what a person wants to know before saying yes or no. */
function reviewView(data: ReviewPageData, page: PageContext): TemplateResult {
  // Each step of a run brings the page's data anew; what gates say changes when the run has ended.
  if (!evaluated || !data.running) evaluated = data;
  const gates: LaterGates = page.later('gates', () => page.read('gates', {}, { timeoutMs: patienceMs }), evaluated);
  const beside = { version: data.version, ...baselineOf(data), ...(data.declared ? { declared: data.declared } : {}) };
  return html`${dangerBanner(data.version, page)} ${reviewHeader(data, gates, page)} ${headline(beside, page)}
    <div class="columns review-columns">
      <div class="main">
        ${gatesSection(data, gates, page)} ${metricsSection(beside, page)} ${notMeasured(beside)}
        ${evaluationsBeside(data, page)} ${whatChanged(data, gates, page)} ${filesBeside(data, page)}
      </div>
      <div class="side">
        ${requestSection(data, page)} ${approvalsSection(data)} ${dangerSide(data, page)} ${otherStages(data, page)}
      </div>
    </div>
    ${decisionSection(data, gates, page)}`;
}

function baselineOf({ other, stage }: ReviewPageData): { readonly baseline?: Baseline } {
  if (!other) return {};
  const { version, isInStage } = other;
  const { id: versionId, number, pending, metrics } = version;
  const where = isInStage ? stage : version.stage;
  return { baseline: { kind: 'production', versionId, number, pending, metrics, stage: where } };
}

/** The same version may be on its way to another stage. */
function otherStages(
  { version, otherStages: stages }: ReviewPageData,
  page: PageContext,
): TemplateResult | typeof nothing {
  if (stages.length === 0) return nothing;
  return html`<p class="muted">
    ${stages.map(
      (stage) =>
        html`<button class="link" @click=${() => page.openReview(version.id, stage)}>${tParts('Review for {stage} instead', { stage })}</button> `,
    )}
  </p>`;
}

runPage<'review'>(reviewView, { drawsWhyReadOnly: true });
