import { html, nothing, type TemplateResult } from 'lit';
import { exactText } from '../../base/exponent.ts';
import { t, tCount } from '../../base/language.ts';
import { formatMetric } from '../../base/metrics.ts';
import type { VersionSummary } from '../../extension/messages/core-types.ts';
import { alignDecimals, metricText } from '../shared/format.ts';
import { ageOf, failedLine, none, stageBadge, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import type { Choices } from './choices.ts';
import type { ModelPage } from './model-page.ts';
import { compareBar, pickBox } from './picking.ts';

/** The versions in the part of the plot that was dragged over, the best first. */
export function selectionPanel(choices: Choices, page: ModelPage): TemplateResult {
  const { selection, metric = '', across } = choices;
  if (!selection) {
    if (page.ui.table === true) return html``;
    return html`<p class="muted plot-hint">${t('Drag over a part of the chart to list its versions and compare them. A click opens a version.')}</p>`;
  }
  const later = page.selected({ metric, across, zoom: selection });
  const actions = html`<button class="link" @click=${() => page.setUis({ zoom: JSON.stringify(selection), selection: '' })}>${t('Zoom in')}</button>
    <button class="link" @click=${() => page.setUi('selection', '')}>${t('Clear the selection')}</button>`;
  switch (later.state) {
    case 'loading':
      return html`<p class="muted" role="status">${t('Looking for the selected versions…')}</p>`;
    case 'failed':
      return failedLine(later);
    case 'ready': {
      const { items, total } = later.data;
      const selected = tCount(total, '{count} version selected', '{count} versions selected');
      const shown =
        total > items.length
          ? `, ${tCount(items.length, 'the best of which is listed', 'the best {count} of which are listed')}`
          : '';
      return html`<div class="selection" role="region" aria-label=${t('Selected versions')}>
        <p class="selection-head"><b role="status">${selected}${shown}</b> ${actions}</p>
        ${items.length === 0 ? nothing : html`${compareBar(choices, page, { ids: items.map(({ id }) => id), total })} ${rows(items, choices, page)}`}
      </div>`;
    }
  }
}

function rows(items: readonly VersionSummary[], choices: Choices, page: ModelPage): TemplateResult {
  const { metric = '', across } = choices;
  const values = items.map(({ metrics }) => {
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    return value === undefined ? '' : formatMetric(value);
  });
  const texts = alignDecimals(values);
  const own = 'name' in across && across.name !== metric ? across : undefined;
  return html`<div class="scroll-x"><table class="narrow selected-versions">
    <thead>
      <tr>
        <td></td>
        <th scope="col">${t('Version')}</th><th scope="col">${t('Stage')}</th><th scope="col" class="numeric">${metric}</th>
        ${own ? html`<th scope="col">${own.name}</th>` : nothing}
        <th scope="col">${t('Registered')}</th>
      </tr>
    </thead>
    <tbody>
      ${items.map(
        (version, index) => html`<tr>
          <td>${version.pending ? nothing : pickBox(version.number, choices, page)}</td>
          <th scope="row">${versionLink(page, version.id, `@${versionNumber(version)}`)}</th>
          <td>${stageBadge(version.stage)}</td>
          <td class="numeric">${texts[index]}</td>
          ${own ? html`<td>${ownValue(version, own)}</td>` : nothing}
          <td class="muted">${ageOf(version.claimedAt ?? version.createdAt)}</td>
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}

function ownValue(
  version: VersionSummary,
  { kind, name }: { readonly kind: 'param' | 'metric'; readonly name: string },
) {
  const values: Readonly<Record<string, string | number>> = kind === 'param' ? version.params : version.metrics;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) return none();
  return html`<span class="clamp" title=${exactText(value)}>${kind === 'param' ? value : metricText(value)}</span>`;
}
