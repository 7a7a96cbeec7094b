import { html, nothing, type TemplateResult } from 'lit';
import { exactText, exponentText } from '../../base/exponent.ts';
import { t } from '../../base/language.ts';
import { cutName } from '../shared/cut-name.ts';
import { withMinus } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { filtered, none } from '../shared/parts.ts';
import type { PlotColumn } from './axes.ts';
import { type AxisFilter, filtersText } from './choices.ts';
import type { Plots } from './looked-at.ts';
import { associationText } from './values.ts';

/** Fewer texts than these are boxes to tick; of more one types. */
const FEW_TEXTS = 8;

/** Every param and metric: whether it is an axis, how much it tells of the metric, and the part of it that is looked at. */
export function filterList(plots: Plots, page: PageContext): TemplateResult {
  const { columns, data } = plots;
  const inOrder = [...(columns.metric ? [columns.metric] : []), ...columns.telling];
  const { rows, field, more } = filtered(page, 'axes', t('Filter names'), inOrder, ({ name }) => name);
  return html`${field}
    <div class="scroll-x"><table class="narrow axis-table">
      <thead>
        <tr>
          <th scope="col">${t('Axis')}</th>
          <th scope="col" class="numeric" title=${t('Rank correlation with the metric; for texts the correlation ratio, which has no sign')}>${t('Correlation')}</th>
          <th scope="col">${t('Only versions with')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (column) => html`<tr>
            <th scope="row">${axisBox(column, plots, page)}</th>
            <td class="numeric">${column.association === undefined ? none() : associationText(column)}</td>
            <td>${filterFields(column, plots, page)}</td>
          </tr>`,
        )}
      </tbody>
    </table></div>
    ${more}${data.columns.versions.length < 5 ? html`<p class="muted">${t('That takes five versions or more.')}</p>` : nothing}`;
}

function axisBox(column: PlotColumn, { choices, columns }: Plots, page: PageContext): TemplateResult {
  const isAxis = choices.axes.includes(column);
  const toggle = () => {
    const keys = choices.axes.map(({ key }) => key);
    page.setUi('axes', JSON.stringify(isAxis ? keys.filter((key) => key !== column.key) : [...keys, column.key]));
  };
  return html`<label class="plain-check"
    ><input type="checkbox" .checked=${isAxis} ?disabled=${column === columns.metric} @change=${toggle} /> ${cutName(column.name)}</label
  >`;
}

function filterFields(column: PlotColumn, { choices }: Plots, page: PageContext): TemplateResult {
  const filter = choices.filters.get(column.key);
  const set = (next: AxisFilter | undefined) => page.setUi('filters', filtersText(choices.filters, column.key, next));
  const end = filter
    ? html`<button class="link" aria-label=${t('Clear the filter of {name}', { name: column.name })} @click=${() => set(undefined)}>${t('Clear')}</button>`
    : nothing;
  return html`<span class="filter-fields">${column.texts ? textFields(column, column.texts, filter, set) : numberFields(column, filter, set)}${end}</span>`;
}

/** Short, and what a person can type there. */
function boundText(bound: number, digits: number): string {
  const text = exactText(Number(bound.toPrecision(digits)));
  return text.length > 9 ? exponentText(bound, digits - 1) : text;
}

type SetFilter = (next: AxisFilter | undefined) => void;

function numberFields(column: PlotColumn, filter: AxisFilter | undefined, set: SetFilter): TemplateResult {
  const [from, to] = filter && !('texts' in filter) ? filter : [undefined, undefined];
  const field = (label: string, value: number | undefined, bound: number, isLower: boolean) => html`<input
    type="text"
    inputmode="decimal"
    class="bound"
    aria-label=${label}
    placeholder=${withMinus(boundText(bound, 4))}
    @input=${({ currentTarget }: Event) => currentTarget instanceof HTMLInputElement && currentTarget.setCustomValidity('')}
    .value=${value === undefined || value === bound ? '' : withMinus(boundText(value, 6))}
    @change=${({ currentTarget }: Event) => {
      if (!(currentTarget instanceof HTMLInputElement)) return;
      const text = currentTarget.value.trim();
      const number = text === '' ? bound : numberIn(text);
      if (!Number.isFinite(number)) {
        currentTarget.setCustomValidity(t('“{text}” isn’t a number.', { text }));
        currentTarget.reportValidity();
        return;
      }
      const next: AxisFilter = isLower ? [number, to ?? column.greatest] : [from ?? column.least, number];
      set(next[0] <= column.least && next[1] >= column.greatest ? undefined : next);
    }}
  />`;
  return html`${field(t('{name} at least', { name: column.name }), from, column.least, true)}
    <span class="muted">${t('to')}</span>
    ${field(t('{name} at most', { name: column.name }), to, column.greatest, false)}`;
}

/** Also with the comma that many languages write, and the minus that pages do. */
function numberIn(text: string): number {
  return Number(
    text
      .replace(/^−/, '-')
      .replace(/e−/i, 'e-')
      .replace(/^([^.,]*),([^.,]*)$/, '$1.$2'),
  );
}

function textFields(
  { name }: PlotColumn,
  texts: readonly string[],
  filter: AxisFilter | undefined,
  set: SetFilter,
): TemplateResult {
  const wanted = filter && 'texts' in filter ? filter.texts : texts;
  const choose = (next: readonly string[]) =>
    set(next.length === texts.length || next.length === 0 ? undefined : { texts: next });
  if (texts.length > FEW_TEXTS) {
    return html`<select
      aria-label=${t('{name} is', { name })}
      @change=${(event: Event) => {
        const value = event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
        set(value === '' ? undefined : { texts: [value] });
      }}
    >
      <option value="" .selected=${filter === undefined}>${t('any')}</option>
      ${texts.map((text) => html`<option value=${text} .selected=${filter !== undefined && wanted.length === 1 && wanted[0] === text}>${text}</option>`)}
    </select>`;
  }
  return html`${texts.map(
    (text) => html`<label class="plain-check"
      ><input
        type="checkbox"
        .checked=${wanted.includes(text)}
        @change=${() => choose(wanted.includes(text) ? wanted.filter((entry) => entry !== text) : [...wanted, text])}
      /> ${cutName(text === '' ? '""' : text)}</label
    >`,
  )}`;
}
