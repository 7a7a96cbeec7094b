import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../../base/language.ts';
import type { EvaluationEntry } from '../../extension/messages/core-types.ts';
import type { VersionPageData } from '../../extension/messages/page-data.ts';
import { shortDigest } from '../shared/format.ts';
import { matricesOf } from '../shared/metric-groups.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, copyable, timeOf } from '../shared/parts.ts';
import { copyTable, tableText } from './copy-table.ts';
import { byDataset, digestOf, sliceMetrics, wholeOf, wholeTable } from './evaluation-parts.ts';
import { foldable } from './foldable.ts';
import { matrixTable } from './matrix.ts';
import { part } from './part.ts';

/** What was measured after the version was registered, by dataset; slices as a matrix. */
export function evaluationsSection(data: VersionPageData, page: PageContext): TemplateResult | typeof nothing {
  const { id, lineage } = data.version;
  const { evaluations } = lineage;
  if (evaluations.length === 0) return nothing;
  const attach = html`<button ${page.writes} class="link" @click=${() => page.act('evaluate', id)}>${t('Attach evaluation…')}</button>`;
  const copy = copyTable(page, () =>
    tableText(
      [t('Dataset'), t('Slice'), t('Metric'), t('Value')],
      evaluations.flatMap(({ dataset = '', slice = '', metrics }) =>
        Object.entries(metrics).map(([name, value]) => [dataset, slice, name, String(value)]),
      ),
    ),
  );
  const datasets = [...byDataset(evaluations)];
  return foldable(
    { id: 'evaluations', title: t('Evaluations'), count: datasets.length, actions: attach },
    html`${datasets.map(([dataset, entries]) =>
      part(dataset === '' ? t('No dataset named') : dataset, datasetPart(entries, data, page)),
    )}
      <p class="aside links">${copy}</p>`,
    page,
  );
}

function datasetPart(
  entries: readonly EvaluationEntry[],
  { declared }: VersionPageData,
  page: PageContext,
): TemplateResult {
  const newest = entries.at(-1);
  const digest = digestOf(entries);
  return html`${newest === undefined ? nothing : html`<div class="muted">${tParts('{time} by {author}', { time: timeOf(newest.at), author: authorOf(newest.by) })}</div>`}
    ${digest === undefined ? nothing : html`<div>${copyable(page, digest, shortDigest(digest), t('the digest of the data'))}</div>`}
    ${wholeTable({ now: wholeOf(entries), head: t('Value'), declared })}
    ${matricesOf(entries.flatMap(sliceMetrics)).map((matrix) => matrixTable(matrix, { declared }))}`;
}
