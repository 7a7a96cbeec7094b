import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatShare } from '../../base/count.ts';
import { formatName } from '../../base/format-name.ts';
import { formatNumber, t, tParts } from '../../base/language.ts';
import { shapeText } from '../../base/shape.ts';
import type { DangerFinding, DangerReport, FactsSummary, SignatureEntry } from '../../extension/messages/core-types.ts';
import type { PageContext } from './page.ts';
import { filtered, icon, type SectionOptions, section, shortened, webLink } from './parts.ts';
import { word } from './word.ts';
import './tensor-table.ts';
import { breakable, cutName } from './cut-name.ts';

/** Whether these are parts of a section, or sections of the page. */
type Part = Pick<SectionOptions, 'isPart'>;

/** What a model's files say, in the order in which people ask. */
export function factList(
  facts: FactsSummary,
  extra: readonly (readonly [string, TemplateResult | string])[] = [],
): TemplateResult {
  const {
    formatLabel,
    formatVersion,
    framework,
    architecture,
    parameterCount,
    dtypes,
    license,
    baseModels = [],
  } = facts;
  const rows: (readonly [string, TemplateResult | string | undefined])[] = [
    [t('Format'), formatName(formatLabel, formatVersion)],
    [t('Framework'), framework && [framework.name, framework.version].filter(Boolean).join(' ')],
    [t('Architecture'), architecture],
    [
      t('Parameters'),
      parameterCount === undefined
        ? undefined
        : html`<span title=${formatNumber(parameterCount)}>${formatCount(parameterCount)}</span>`,
    ],
    [t('Dtypes'), dtypes.length === 0 ? undefined : dtypeText(dtypes)],
    [t('License'), license],
    [t('Base model'), baseModels.length === 0 ? undefined : html`${baseModels.map(baseModel)}`],
    ...extra,
  ];
  return html`<dl class="fact-list">
    ${rows.map(([name, value]) => (value === undefined ? nothing : html`<dt>${name}</dt><dd class="wrap">${value}</dd>`))}
  </dl>`;
}

function baseModel({ name, revision, url }: NonNullable<FactsSummary['baseModels']>[number]): TemplateResult {
  return html`<div>
    ${name}${revision === undefined ? nothing : html` <span class="muted">${tParts('at {revision}', { revision })}</span>`}
    ${url === undefined ? nothing : html`<br />${webLink(url)}`}
  </div>`;
}

function dtypeText(dtypes: FactsSummary['dtypes']): string {
  const total = dtypes.reduce((sum, { elements }) => sum + elements, 0);
  return dtypes
    .map(({ dtype, elements }) =>
      dtypes.length === 1 || total === 0 ? dtype : `${dtype} ${formatShare(elements / total)}`,
    )
    .join(', ');
}

/** What couldn't be read. */
export function factProblems({ problems = [] }: FactsSummary): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  return html`<ul class="entries problems" aria-label=${t('Problems')}>
    ${problems.map((problem) => html`<li class="warning">${icon('warning')}&nbsp;<span class="wrap">${problem}</span></li>`)}
  </ul>`;
}

const verdicts = () =>
  ({
    dangerous: { icon: 'error', text: t('Loading this can run code that isn’t the model’s.') },
    unknown: { icon: 'warning', text: t('It uses code that isn’t known here. Look at it before loading this.') },
    'none-found': {
      icon: 'info',
      text: t('Nothing that runs code was found. That is no promise: load it only if you trust where it comes from.'),
    },
  }) as const;
const rank: Readonly<Record<DangerFinding['verdict'], number>> = { dangerous: 0, unknown: 1, known: 2 };

/** What could run code when the files are loaded as their framework does it. */
export function dangerSection(
  danger: DangerReport | undefined,
  page: PageContext,
  { isPart = false }: Part = {},
): TemplateResult | typeof nothing {
  if (danger === undefined) return nothing;
  const { verdict, findings } = danger;
  const said = verdicts()[verdict];
  const sorted = [...findings].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
  const { rows, more } = shortened(page, 'danger', sorted);
  return section(
    { id: 'danger', title: t('What loading runs'), count: findings.length, isPart },
    html`<p class="danger danger-${verdict}" role=${verdict === 'dangerous' ? 'alert' : nothing}>${icon(said.icon)} ${said.text}</p>
      ${
        findings.length === 0
          ? nothing
          : html`<div class="scroll-x"><table class="findings" aria-labelledby="danger-title">
              <thead>
                <tr><th scope="col">${t('Import or feature')}</th><th scope="col">${t('Verdict')}</th><th scope="col">${t('Why')}</th><th scope="col">${t('Place')}</th></tr>
              </thead>
              <tbody>${rows.map(findingRow)}</tbody>
            </table></div>`
      }
      ${more}`,
  );
}

function findingRow({ verdict, what, why, path, member, offset, opcode }: DangerFinding): TemplateResult {
  const place = [path, member].filter((part) => part !== undefined && part !== '').join(' › ');
  return html`<tr>
    <th scope="row"><code class="wrap">${what}</code></th>
    <td><span class="danger danger-${verdict}">${word(verdict)}</span></td>
    <td class="wrap">${why}</td>
    <td class="wrap muted">${place}${offset === undefined ? nothing : html` ${t('at byte {offset}', { offset: formatNumber(offset) })}`}${opcode === undefined ? nothing : html` (${opcode})`}</td>
  </tr>`;
}

/** What goes in and what comes out. */
export function signatureSection(
  { inputs = [], outputs = [] }: FactsSummary,
  page: PageContext,
  { isPart = false }: Part = {},
): TemplateResult | typeof nothing {
  if (inputs.length + outputs.length === 0) return nothing;
  return section(
    { id: 'signature', title: t('Signature'), isPart },
    html`<table class="narrow signature" aria-labelledby="signature-title">
      ${signatureRows(t('Inputs'), inputs, page)}${signatureRows(t('Outputs'), outputs, page)}
    </table>`,
  );
}

function signatureRows(
  title: string,
  entries: readonly SignatureEntry[],
  page: PageContext,
): TemplateResult | typeof nothing {
  if (entries.length === 0) return nothing;
  const { rows, more } = shortened(page, `signature.${title}`, entries);
  return html`<tbody>
        <tr class="group"><th scope="rowgroup" colspan="3">${title}</th></tr>
        ${rows.map(
          ({ name, dtype, shape }) => html`<tr>
            <th scope="row">${cutName(name)}</th>
            <td>${dtype ?? nothing}</td>
            <td>${shape === undefined ? nothing : breakable(shapeText(shape))}</td>
          </tr>`,
        )}
        ${more === nothing ? nothing : html`<tr><td colspan="3">${more}</td></tr>`}
      </tbody>`;
}

/** What the files carry beside that, in their own words. */
export function metadataSection(
  { metadata = {} }: FactsSummary,
  page: PageContext,
  { isPart = false }: Part = {},
): TemplateResult | typeof nothing {
  const all = Object.entries(metadata);
  if (all.length === 0) return nothing;
  const { rows, field, more } = filtered(
    page,
    'metadata',
    t('Filter metadata'),
    all,
    ([name, value]) => `${name} ${value}`,
  );
  return section(
    { id: 'metadata', title: t('Metadata'), count: all.length, actions: field, isPart },
    html`<table class="pairs" aria-labelledby="metadata-title">
        <tbody>
          ${rows.map(
            ([name, value]) => html`<tr>
              <th scope="row">${cutName(name)}</th>
              <td><span class="wrap clamp" title=${value}>${value}</span></td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${more}`,
  );
}

/** All tensors, read as they are looked at. */
export function tensorSection(
  { tensorCount }: FactsSummary,
  page: PageContext,
  { isPart = false, actions = nothing }: Part & Pick<SectionOptions, 'actions'> = {},
): TemplateResult | typeof nothing {
  if (tensorCount === 0) return nothing;
  return section(
    { id: 'tensors', title: t('Tensors'), count: tensorCount, actions, isPart },
    html`<model-tensor-table .load=${page.tensorRows} .count=${tensorCount}></model-tensor-table>`,
  );
}
