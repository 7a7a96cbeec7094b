import { html, nothing, type TemplateResult } from 'lit';
import { exactText } from '../../base/exponent.ts';
import { t, tParts } from '../../base/language.ts';
import { type DeclaredDirections, formatMetric } from '../../base/metrics.ts';
import type { Metrics } from '../../extension/messages/core-types.ts';
import { cutName } from '../shared/cut-name.ts';
import { alignDecimals } from '../shared/format.ts';
import type { MetricMatrix } from '../shared/metric-groups.ts';
import { changeOf, none } from '../shared/parts.ts';
import { betterWhen, metricIn } from './metric-facts.ts';

/** Metrics by slice. With `before`, each value is followed by its change against the metric of the same name there. */
export function matrixTable(
  { slice, columns, rows }: MetricMatrix,
  {
    before,
    declared,
  }: { readonly before?: Metrics | undefined; readonly declared?: DeclaredDirections | undefined } = {},
): TemplateResult {
  const hasChanges = columns.map(
    (_, column) =>
      before !== undefined && rows.some(({ cells }) => metricIn(before, cells[column]?.name ?? '') !== undefined),
  );
  const texts = columns.map((_, column) =>
    alignDecimals(
      rows.map(({ cells }) => {
        const cell = cells[column];
        return cell === undefined ? '' : formatMetric(cell.value);
      }),
    ),
  );
  return html`<div class="scroll-x">
    <table class="matrix">
      <caption>
        ${tParts('By {slice}', { slice })}
      </caption>
      <thead>
        <tr>
          <th scope="col">${cutName(slice)}</th>
          ${columns.map(
            (
              column,
              place,
            ) => html`<th scope="col" class="numeric" title="${column}${betterWhen(column, declared)}">${column}</th>
              ${hasChanges[place] === true ? html`<th scope="col"><span aria-hidden="true">${t('Change')}</span><span class="only-read-aloud">${tParts('Change of {column}', { column })}</span></th>` : nothing}`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ value, cells }, row) => html`<tr>
            <th scope="row">${cutName(value)}</th>
            ${cells.map(
              (cell, column) => html`<td class="numeric" title=${exactText(cell?.value ?? '')}>
                  ${cell === undefined ? none() : texts[column]?.[row]}
                </td>
                ${
                  before !== undefined && hasChanges[column] === true
                    ? html`<td>${cell === undefined ? nothing : changeOf(cell.name, cell.value, metricIn(before, cell.name), declared)}</td>`
                    : nothing
                }`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
