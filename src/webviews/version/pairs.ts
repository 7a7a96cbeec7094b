import { html, nothing, type TemplateResult } from 'lit';
import { byName } from '../../base/by-name.ts';
import { t } from '../../base/language.ts';
import { cutName } from '../shared/cut-name.ts';
import type { PageContext } from '../shared/page.ts';
import { emptyState, filtered } from '../shared/parts.ts';
import { copyTable, tableText } from './copy-table.ts';
import { foldable } from './foldable.ts';

export interface PairsSection {
  readonly id: string;
  readonly title: string;
  readonly pairs: Readonly<Record<string, string>>;
  /** Shown where there are none, with how there could be some. */
  readonly empty: string;
  readonly how: TemplateResult;
  /** What can be done to them. */
  readonly actions?: TemplateResult;
}

/** Names and their texts: params, tags. */
export function pairsSection(
  { id, title, pairs, empty, how, actions }: PairsSection,
  page: PageContext,
): TemplateResult {
  const all = Object.entries(pairs).sort(([a], [b]) => byName(a, b));
  if (all.length === 0) return foldable({ id, title }, emptyState(empty, how), page);
  const { rows, field, more } = filtered(
    page,
    id,
    t('Filter: {title}', { title }),
    all,
    ([name, value]) => `${name} ${value}`,
  );
  return foldable(
    { id, title, count: all.length, actions: field },
    html`<table class="pairs" aria-labelledby="${id}-title">
        <tbody>
          ${rows.map(
            ([name, value]) => html`<tr>
              <th scope="row">${cutName(name)}</th>
              <td><span class="wrap">${value}</span></td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${more}
      <p class="aside links">${actions ?? nothing} ${copyTable(page, () => tableText([t('Name'), t('Value')], all))}</p>`,
    page,
  );
}
