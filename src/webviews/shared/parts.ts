import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tParts } from '../../base/language.ts';
import { word } from './word.ts';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { type DeclaredDirections, formatDifference, formatMetric, metricChange } from '../../base/metrics.ts';
import { provenText } from '../../base/proven.ts';
import type { Author, MetricValue } from '../../extension/messages/core-types.ts';
import { cutName } from './cut-name.ts';
import { formatAge, formatTime, isInFuture, withMinus } from './format.ts';
import type { PageContext } from './page.ts';

/** A symbol of the editor's icon font, for eyes only: the words stand beside it. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

const stageIcons: Readonly<Record<string, string>> = {
  candidate: 'circle-outline',
  staging: 'beaker',
  production: 'rocket',
  archived: 'archive',
};

/** The stage as a badge. Stages of a policy's own look like plain ones. */
export function stageBadge(stage: string): TemplateResult {
  const known = Object.hasOwn(stageIcons, stage);
  return html`<span class="stage ${known ? `stage-${stage}` : ''}" title=${t('Stage: {stage}', { stage })}
    >${icon((known ? stageIcons[stage] : undefined) ?? 'tag')}${cutName(stage)}</span
  >`;
}

/** A value that can be copied: short on the page, whole in the tooltip and on the clipboard. */
export function copyable(page: PageContext, value: string, shown: string, what: string): TemplateResult {
  return html`<span class="copyable"
    ><code class="ellipsis" title=${value}>${cutName(shown, { title: value })}</code>${copyButton(page, value, what)}</span
  >`;
}

export function copyButton(page: PageContext, value: string, what: string): TemplateResult {
  const copied = page.justCopied === value;
  return html`<button
    class="icon-button"
    title=${copied ? t('Copied') : t('Copy {what}', { what })}
    aria-label=${t('Copy {what}', { what })}
    @click=${() => page.copy(value, what)}
  >
    ${icon(copied ? 'check' : 'copy')}
  </button>`;
}

/** A link to a version's own page. Where there is no room for the name of its model, the number stays in sight. */
export function versionLink(page: PageContext, ref: string, text: string): TemplateResult {
  const place = text.lastIndexOf('@');
  const title = t('Open {ref}', { ref: text });
  const open = () => page.openVersion(ref);
  if (place < 1)
    return html`<button class="link ellipsis" title=${title} @click=${open}>${cutName(text, { title })}</button>`;
  return html`<button class="link version-link" aria-label=${text} title=${title} @click=${open}
    >${cutName(text.slice(0, place), { title })}<span class="unbroken">${text.slice(place)}</span></button>`;
}

/** A message of the registry, with the commands in it as code: it marks them with backticks. */
export function coded(message: string): TemplateResult {
  return html`${message.split(/`([^`]+)`/).map((part, place) => (place % 2 === 0 ? part : inlineCode(part)))}`;
}

/** A command in a sentence: a line ends between its words, and within one only where that is longer than a line. */
export function inlineCode(...command: readonly string[]): TemplateResult {
  return html`<code>${command
    .join(' ')
    .split(' ')
    .map((part, place) => html`${place === 0 ? '' : ' '}<span class="code-word">${part}</span>`)}</code>`;
}

/** A link for web addresses, and the text for everything else: a registry can hold `javascript:` and worse. */
export function webLink(address: string): TemplateResult {
  if (!/^https?:\/\/[^\s]+$/i.test(address)) return html`<span class="wrap">${address}</span>`;
  return html`<a class="wrap" href=${address}>${address}</a>`;
}

export function timeOf(iso: string): TemplateResult {
  return html`<time class=${Number.isNaN(Date.parse(iso)) ? 'wrap' : 'unbroken'} datetime=${iso} title=${iso}>${formatTime(iso)}</time>`;
}

export function ageOf(iso: string): TemplateResult {
  return html`<time datetime=${iso} title="${formatTime(iso)} (${iso})">${formatAge(iso, Date.now())}</time>`;
}

/** A time, or the one that is claimed where a shared log has taken the thing over later, or by what it was imported from. */
export function claimedTimeOf(iso: string, claimed: string | undefined, source?: string): TemplateResult {
  return claimed === undefined ? timeOf(iso) : claim(timeOf(claimed), timeOf(iso), source);
}

export function claimedAgeOf(iso: string, claimed: string | undefined, source?: string): TemplateResult {
  return claimed === undefined ? ageOf(iso) : claim(ageOf(claimed), ageOf(iso), source);
}

/** The same after `since`: a time, and how long ago that is. */
export function claimedSinceOf(iso: string, claimed: string | undefined, source?: string): TemplateResult {
  return claimed === undefined ? sinceOf(iso) : claim(sinceOf(claimed), ageOf(iso), source);
}

function sinceOf(iso: string): TemplateResult {
  const age = formatAge(iso, Date.now());
  return html`<time datetime=${iso} title=${iso}>${isInFuture(iso, Date.now()) ? age : `${formatTime(iso)} (${age})`}</time>`;
}

function claim(claimed: TemplateResult, since: TemplateResult, source: string | undefined): TemplateResult {
  return source === undefined
    ? html`${tParts('{claimed} (claimed; shared {shared})', { claimed, shared: since })}`
    : html`${tParts('{claimed} (as {source} says; imported {imported})', { claimed, source: html`<span class="wrap">${source}</span>`, imported: since })}`;
}

export function authorOf(by: Author): TemplateResult {
  const name = by.name === '' ? by.email : by.name;
  const sign = by.signer === undefined ? nothing : icon('verified');
  return html`<span class="author" title="${by.name} <${by.email}>">${name}</span> <span class="muted">(${sign}${provenText(by)})</span>`;
}

/** A metric's change against another version, in a sign, an arrow and a word. */
export function changeOf(
  name: string,
  value: MetricValue | undefined,
  baseline: MetricValue | undefined,
  declared?: DeclaredDirections,
): TemplateResult | typeof nothing {
  if (value === undefined || baseline === undefined) return nothing;
  const { verdict, difference } = metricChange(name, value, baseline, declared);
  if (verdict === 'same') return html`<span class="change">${t('no change')}</span>`;
  if (difference === undefined)
    return html`<span class="change ${verdict}">${t('differs from {value}', { value: withMinus(formatMetric(baseline)) })}${verdict === 'different' ? nothing : `, ${word(verdict)}`}</span>`;
  return html`<span class="change ${verdict}" title=${percentage(difference, baseline)}
    ><span class="change-figure"><span class="arrow" aria-hidden="true">${difference > 0 ? '▲' : '▼'}</span>${formatDifference(difference)}</span>${
      verdict === 'different' ? nothing : ` ${word(verdict)}`
    }</span
  >`;
}

function percentage(difference: number, baseline: MetricValue): string {
  if (typeof baseline !== 'number' || baseline === 0) return '';
  const percent = (difference / Math.abs(baseline)) * 100;
  return `${percent > 0 ? '+' : ''}${formatNumber(percent, { maximumFractionDigits: 2 })} %`;
}

export interface SectionOptions {
  readonly id: string;
  readonly title: string;
  readonly count?: number;
  readonly actions?: TemplateResult | typeof nothing;
  /** It is a part of the section around it, and its heading is below that one's. */
  readonly isPart?: boolean;
}

/** A section with its heading. */
export function section(options: SectionOptions, content: TemplateResult | readonly TemplateResult[]): TemplateResult {
  const { id, title, count, actions, isPart } = options;
  const heading = html`${title}${count === undefined ? nothing : html` <span class="count">${formatNumber(count)}</span>`}`;
  return html`<section id=${id} aria-labelledby="${id}-title">
    <header class="section-title">
      ${isPart ? html`<h3 id="${id}-title">${heading}</h3>` : html`<h2 id="${id}-title">${heading}</h2>`}
      ${actions ?? nothing}
    </header>
    ${content}
  </section>`;
}

/** A dash for eyes, a word for ears. */
export function none(): TemplateResult {
  return html`<span class="muted" aria-hidden="true">–</span><span class="only-read-aloud">${t('none')}</span>`;
}

/** A dash for what nobody knows: it says so to who points at it, and who hears it. */
export function notRecordedDash(): TemplateResult {
  return html`<span class="muted" title=${t('not recorded')} aria-hidden="true">–</span><span class="only-read-aloud">${t('not recorded')}</span>`;
}

/** Says that there is nothing, and how there could be. */
export function emptyState(what: string, how?: TemplateResult | string): TemplateResult {
  return html`<p class="empty">${what}${how === undefined ? nothing : html` <span>${how}</span>`}</p>`;
}

/** Says why something didn't come, and asks for it again. */
export function failedLine({
  message,
  retry,
}: {
  readonly message: string;
  readonly retry: () => void;
}): TemplateResult {
  return html`<p class="warning" role="alert">
    ${icon('warning')}&nbsp;<span class="wrap">${coded(message)}</span> <button class="link" @click=${retry}>${t('Retry')}</button>
  </p>`;
}

/** Above this many rows, a table gets a field to search it. */
const filterFromRows = 15;
/** More rows than these are drawn only when asked for, and then so many more at a time. */
const rowsAtFirst = 300;
const rowsPerStep = 1000;

export interface FilteredRows<T> {
  readonly rows: readonly T[];
  readonly field: TemplateResult | typeof nothing;
  readonly more: TemplateResult | typeof nothing;
}

/** Makes a long list searchable and keeps a very long one from being drawn at once. `name` keeps the person's words apart. */
export function filtered<T>(
  page: PageContext,
  name: string,
  label: string,
  all: readonly T[],
  textOf: (row: T) => string,
): FilteredRows<T> {
  const words = textSetting(page, `filter.${name}`);
  const matching =
    words === '' ? all : all.filter((row) => textOf(row).toLowerCase().includes(words.trim().toLowerCase()));
  const { rows, more: moreRows } = shortened(page, name, matching);
  const field =
    all.length < filterFromRows
      ? nothing
      : html`<vscode-textfield
          class="filter"
          type="search"
          placeholder=${label}
          .label=${label}
          .value=${words}
          @input=${(event: Event) => page.setUi(`filter.${name}`, textOfField(event))}
        ></vscode-textfield>`;
  const more =
    matching.length === 0 && words !== ''
      ? html`<p class="empty" role="status">${t('Nothing matches “{words}”.', { words })}</p>`
      : moreRows;
  return { rows, field, more };
}

/** The first rows of a long list, and the way to more of them. */
export function shortened<T>(
  page: PageContext,
  name: string,
  all: readonly T[],
): Pick<FilteredRows<T>, 'rows' | 'more'> {
  const limit = Number(textSetting(page, `rows.${name}`)) || rowsAtFirst;
  const rows = all.slice(0, limit);
  const hidden = all.length - rows.length;
  if (hidden === 0) return { rows, more: nothing };
  const next = Math.min(hidden, rowsPerStep);
  const more = html`<button class="link" @click=${() => page.setUi(`rows.${name}`, String(limit + next))}>
    ${t('Show {next} more of {hidden}', { next: formatNumber(next), hidden: formatNumber(hidden) })}
  </button>`;
  return { rows, more };
}

function textSetting(page: PageContext, name: string): string {
  const value = page.ui[name];
  return typeof value === 'string' ? value : '';
}

function textOfField(event: Event): string {
  const { target } = event;
  return target !== null && 'value' in target && typeof target.value === 'string' ? target.value : '';
}
