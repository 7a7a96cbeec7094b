import { html, nothing, type TemplateResult } from 'lit';
import { exactText } from '../../base/exponent.ts';
import { t, tCount } from '../../base/language.ts';
import { metricDirection } from '../../base/metrics.ts';
import { partName } from '../../base/part-name.ts';
import { sizeText } from '../../base/size.ts';
import type { DataChange, MetricValue, PackageChange } from '../../extension/messages/core-types.ts';
import type { ChangesPageData, ComparedRow } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { alignDecimals, metricText, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf, filtered, icon, none, notRecordedDash, section } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { whereTheyDiffer } from '../shared/where-they-differ.ts';
import { directionText, word } from '../shared/word.ts';

type Part = TemplateResult | typeof nothing;

export function dataSection({ data }: ChangesPageData, page: PageContext): Part {
  if (data.length === 0) return nothing;
  const { rows, field, more } = filtered(page, 'data', t('Filter data'), data, ({ path }) => path);
  return section(
    { id: 'data', title: t('Data'), count: data.length, actions: field },
    html`${beforeAfter(
      t('Path'),
      rows.map((change) => ({
        name: change.path,
        before: dataCell(change.before),
        after: dataCell(change.after),
        what: dataWhat(change),
      })),
    )}${more}`,
  );
}

function dataWhat({ kind }: DataChange): TemplateResult {
  if (kind === 'unknown') return html`<span class="warning">${icon('warning')}&nbsp;${t('no digest')}</span>`;
  return html`<span class="muted">${word(kind)}</span>`;
}

function dataCell(data: DataChange['before']): TemplateResult {
  if (data === undefined) return none();
  const { sizeBytes, sha256, rows } = data;
  const named = sha256 === undefined ? (data.hash ?? data.revision) : shortDigest(sha256);
  const sizes = [
    sizeBytes === undefined ? '' : sizeText(sizeBytes),
    rows === undefined ? '' : tCount(rows, '{count} row', '{count} rows'),
  ].filter((text) => text !== '');
  const size = sizes.map((text, place) => html`${place === 0 ? '' : ' · '}<span class="unbroken">${text}</span>`);
  return html`<span title=${sha256 ?? named ?? ''}
    >${size}
    ${named === undefined ? html`<span class="data-digest wrap muted">${t('not hashed')}</span>` : html`<code class="data-digest wrap muted">${named}</code>`}</span
  >`;
}

export function packagesSection({ packages }: ChangesPageData, page: PageContext): Part {
  if (packages.length === 0) return nothing;
  const { rows, field, more } = filtered(
    page,
    'packages',
    t('Filter packages'),
    packages,
    ({ name, kind }) => `${name} ${kind}`,
  );
  return section(
    { id: 'packages', title: t('Packages'), count: packages.length, actions: field },
    html`${beforeAfter(
      t('Package'),
      rows.map(({ name, before, after, kind }) => ({
        name,
        before: cell(before),
        after: cell(after),
        what: packageWhat(kind),
      })),
    )}${more}`,
  );
}

const packageIcons = {
  upgraded: 'arrow-up',
  downgraded: 'arrow-down',
  changed: 'arrow-swap',
  added: 'add',
  removed: 'remove',
} as const;

function packageWhat(kind: PackageChange['kind']): TemplateResult {
  return html`<span class=${kind === 'downgraded' ? 'warning' : 'muted'}>${icon(packageIcons[kind])} ${word(kind)}</span>`;
}

/** Names and their texts before and after. */
export function rowsSection(
  {
    id,
    title,
    rows: all,
    label = (name) => name,
  }: {
    readonly id: string;
    readonly title: string;
    readonly rows: readonly ComparedRow[];
    /** What the person calls what the registry calls so. */
    readonly label?: (name: string) => string;
  },
  page: PageContext,
): Part {
  if (all.length === 0) return nothing;
  const { rows, field, more } = filtered(page, id, t('Filter: {title}', { title }), all, ({ name }) => label(name));
  return section(
    { id, title, count: all.length, actions: field },
    html`${beforeAfter(
      t('Name'),
      rows.map(({ name, values: [before = null, after = null] }) => {
        const isText = typeof before === 'string' && typeof after === 'string';
        const shown = isText ? whereTheyDiffer([before, after]) : [];
        return { name: label(name), before: cell(before, shown[0]), after: cell(after, shown[1]) };
      }),
    )}${more}`,
  );
}

/** `shown` is what a long text is shown by. */
function cell(value: string | number | null | undefined, shown?: string | null): TemplateResult {
  if (value === undefined || value === null) return none();
  const text = typeof value === 'number' ? metricText(value) : (shown ?? value);
  return html`<span class="clamp" title=${exactText(value)}>${text}</span>`;
}

interface BeforeAfterRow {
  readonly name: string;
  readonly before: TemplateResult;
  readonly after: TemplateResult;
  readonly what?: TemplateResult;
}

/** A table of names with what they were before and after. */
export function beforeAfter(what: string, rows: readonly BeforeAfterRow[]): TemplateResult {
  const hasWhat = rows.some((row) => row.what !== undefined);
  return html`<div class="scroll-x"><table class="before-after">
    <thead>
      <tr><th scope="col">${what}</th><th scope="col">${t('Before')}</th><th scope="col">${t('After')}</th>${hasWhat ? html`<th scope="col">${t('What')}</th>` : nothing}</tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) => html`<tr>
        <th scope="row">${cutName(row.name, { lines: 'two-if-narrow' })}</th>
        <td>${row.before}</td>
        <td>${row.after}</td>
        ${hasWhat ? html`<td class="what">${row.what ?? nothing}</td>` : nothing}
      </tr>`,
      )}
    </tbody>
  </table></div>`;
}

/** Those that differ, or that one of them alone has: what is equal says nothing about a change. */
export function metricsSection({ metrics: all, declared }: ChangesPageData, page: PageContext): Part {
  const told = all.filter(({ isDifferent, isKnown }) => isDifferent || isKnown !== undefined);
  if (told.length === 0) return nothing;
  const { rows, field, more } = filtered(page, 'metrics', t('Filter metrics'), told, ({ name }) => name);
  const texts = (place: number) => alignDecimals(rows.map(({ values }) => valueText(values[place])));
  const [before, after] = [texts(0), texts(1)];
  return section(
    { id: 'metrics', title: t('Metrics'), count: told.length, actions: field },
    html`<div class="scroll-x"><table class="metrics">
      <thead>
        <tr>
          <th scope="col">${t('Metric')}</th><th scope="col" class="numeric before">${t('Before')}</th><th scope="col" class="numeric">${t('After')}</th><th scope="col">${t('Change')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ name, values, isKnown = [] }, row) => {
          const empty = (place: 0 | 1) => (isKnown[place] === false ? notRecordedDash() : none());
          const direction = metricDirection(name, declared);
          const note = direction === 'neutral' ? '' : ` (${directionText(direction)})`;
          return html`<tr>
            <th scope="row">${cutName(name, { title: `${name}${note}`, lines: 'two-if-narrow' })}</th>
            <td class="numeric muted before" title=${exactText(values[0] ?? '')}>${before[row] || empty(0)}</td>
            <td class="numeric" title=${exactText(values[1] ?? '')}>${after[row] || empty(1)}</td>
            <td>${changeOf(name, metricOf(values[1]), metricOf(values[0]), declared)}</td>
          </tr>`;
        })}
      </tbody>
    </table></div>${more}`,
  );
}

function valueText(value: string | number | null | undefined): string {
  return value === undefined || value === null ? '' : metricText(value);
}

function metricOf(value: string | number | null | undefined): MetricValue | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? value : undefined;
}

function weightsText({ weights, before, after }: ChangesPageData): string {
  switch (weights) {
    case 'same-files':
      return t('The files are the same, byte for byte.');
    case 'same':
      return t('The weights are the same, in other files.');
    case 'different':
      return t('The weights differ.');
    case 'unknown': {
      const [first, second] = [before, after].filter(({ facts }) => facts?.weights === undefined);
      if (!first || second)
        return t('The files differ. Whether the weights do isn’t known: those of neither version were read.');
      const version = `${first.model}@${versionNumber(first)}`;
      return t('The files differ. Whether the weights do isn’t known: those of {version} weren’t read.', { version });
    }
  }
}

/** What their files say, and whether the weights are equal. */
export function modelSection(data: ChangesPageData, page: PageContext): TemplateResult {
  const { facts, weights, before, after } = data;
  return section(
    { id: 'model', title: t('Model and weights') },
    html`<p>
        ${weightsText(data)}
        ${weights === 'different' ? html`<button class="link" @click=${() => page.openComparison([before.id, after.id])}>${t('Compare the tensors')}</button>` : nothing}
      </p>
      ${
        facts.length === 0
          ? nothing
          : beforeAfter(
              t('Fact'),
              facts.map(({ name, values: [one, other] }) => ({
                name: partName(name),
                before: cell(one),
                after: cell(other),
              })),
            )
      }`,
  );
}
