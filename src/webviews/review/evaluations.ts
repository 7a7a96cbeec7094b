import { html, nothing, type TemplateResult } from 'lit';
import { byName } from '../../base/by-name.ts';
import { t } from '../../base/language.ts';
import type { EvaluationEntry } from '../../extension/messages/core-types.ts';
import type { ReviewPageData } from '../../extension/messages/review.ts';
import { shortDigest } from '../shared/format.ts';
import { matricesOf } from '../shared/metric-groups.ts';
import type { PageContext } from '../shared/page.ts';
import { emptyState, icon, section } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { byDataset, digestOf, sliceMetrics, wholeOf, wholeTable } from '../version/evaluation-parts.ts';
import { matrixTable } from '../version/matrix.ts';

/** What was measured on each dataset, of both versions: wholes in a table, slices in a matrix with their differences. */
export function evaluationsBeside(data: ReviewPageData, page: PageContext): TemplateResult | typeof nothing {
  const own = byDataset(data.version.lineage.evaluations);
  const theirs = byDataset(data.other?.version.lineage.evaluations ?? []);
  const names = [...new Set([...own.keys(), ...theirs.keys()])].sort(byName);
  if (names.length === 0) return nothing;
  const attach = html`<button ${page.writes} class="link" @click=${() => page.act('evaluate', data.version.id)}>${t('Attach evaluation…')}</button>`;
  return section(
    { id: 'evaluations', title: t('Evaluations'), count: names.length, actions: data.isTrusted ? attach : nothing },
    names.map((name) => datasetPart(name, own.get(name) ?? [], theirs.get(name) ?? [], data)),
  );
}

function datasetPart(
  name: string,
  own: readonly EvaluationEntry[],
  theirs: readonly EvaluationEntry[],
  data: ReviewPageData,
): TemplateResult {
  const { version, other, declared } = data;
  const title = name === '' ? t('No dataset named') : name;
  const isOtherData =
    digestOf(own) !== undefined && digestOf(theirs) !== undefined && digestOf(own) !== digestOf(theirs);
  const before = isOtherData ? [] : theirs;
  if (own.length === 0)
    return html`<div class="dataset">
      <h3 class="wrap">${title}</h3>
      ${emptyState(t('@{version} wasn’t evaluated on it; @{other} was.', { version: versionNumber(version), other: other ? versionNumber(other.version) : '' }))}
    </div>`;
  const matrices = matricesOf(own.flatMap(sliceMetrics));
  const sliced = Object.fromEntries(before.flatMap(sliceMetrics).map(({ name: cell, value }) => [cell, value]));
  return html`<div class="dataset">
    <h3 class="wrap">${title} ${digestOf(own) === undefined ? nothing : html`<code class="muted" title=${digestOf(own) ?? ''}>${shortDigest(digestOf(own) ?? '')}</code>`}</h3>
    ${isOtherData ? html`<p class="warning">${icon('warning')}&nbsp;${t('@{other} was evaluated on other data of this name, so they aren’t compared.', { other: other ? versionNumber(other.version) : '' })}</p>` : nothing}
    ${wholeTable({
      now: wholeOf(own),
      head: `@${versionNumber(version)}`,
      other: other && { head: `@${versionNumber(other.version)}`, before: wholeOf(before) },
      declared,
    })}
    ${matrices.map((matrix) => matrixTable(matrix, { before: sliced, declared }))}
  </div>`;
}
