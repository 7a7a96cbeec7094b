import { html, nothing, type TemplateResult } from 'lit';
import { t, tCount, tParts } from '../../base/language.ts';
import type { TenureEntry } from '../../extension/messages/core-types.ts';
import type { ModelPageData } from '../../extension/messages/page-data.ts';
import { formatDuration } from '../shared/format.ts';
import type { Later } from '../shared/page.ts';
import {
  authorOf,
  claimedTimeOf,
  emptyState,
  failedLine,
  icon,
  section,
  timeOf,
  versionLink,
} from '../shared/parts.ts';
import type { Choices } from './choices.ts';
import type { ModelPage } from './model-page.ts';
import { timeStrip } from './time-strip.ts';

/** Stages in which every version is at some time: who was there when says nothing. */
const QUIET_STAGES = ['candidate', 'archived'];

const words = (): Readonly<Record<TenureEntry['kind'], string>> => ({
  promote: t('promoted'),
  rollback: t('brought back'),
  demote: t('moved down to it'),
  archive: t('moved to it'),
  displaced: t('moved to it'),
});

/** Which version was in production when: asked for a moment, and all of it in order. */
export function stageHistory(data: ModelPageData, choices: Choices, page: ModelPage): TemplateResult {
  const { stage } = choices;
  const stages = data.model.stages.map(({ name }) => name).filter((name) => !QUIET_STAGES.includes(name));
  const select = html`<select aria-label=${t('Stage')} @change=${(event: Event) => page.setUi('stage', fieldText(event))}>
    ${stages.map((name) => html`<option value=${name} .selected=${name === stage}>${name}</option>`)}
  </select>`;
  return section(
    {
      id: 'timeline',
      title: t('Stage history'),
      ...(stages.length > 1 ? { actions: select } : { actions: html`<span class="muted">${stage}</span>` }),
    },
    html`${momentForm(data, choices, page)} ${tenureList(page.tenures(stage), data, choices, page)}`,
  );
}

function fieldText(event: Event): string {
  const { currentTarget } = event;
  return currentTarget instanceof HTMLSelectElement || currentTarget instanceof HTMLInputElement
    ? currentTarget.value
    : '';
}

/** Asks for a moment in the person's own time, and tells what each stage held then. */
function momentForm({ model }: ModelPageData, { moment, stage }: Choices, page: ModelPage): TemplateResult {
  return html`<div class="moment">
    <label
      >${tParts('What was in {stage} on', { stage })}
      <input type="datetime-local" max="9999-12-31T23:59" .value=${moment} @change=${(event: Event) => page.setUi('moment', fieldText(event))}
    /></label>
    <span class="moment-answer" role="status">${momentAnswer(model.name, moment, stage, page)}</span>
  </div>`;
}

function momentAnswer(
  model: string,
  moment: string,
  stage: string,
  page: ModelPage,
): TemplateResult | string | typeof nothing {
  const time = new Date(moment);
  if (moment === '' || Number.isNaN(time.getTime())) return nothing;
  const later = page.heldAt(time.toISOString());
  if (later.state === 'loading') return t('Looking it up…');
  if (later.state === 'failed') return later.message;
  const { holders, beginsAt } = later.data;
  const there = holders.filter((holder) => holder.stage === stage);
  if (there.length === 0) {
    if (time.getTime() > Date.now()) return t('That is in the future. Nothing is in {stage} now.', { stage });
    return beginsAt === undefined
      ? t('Nothing was in {stage} then.', { stage })
      : html`${tParts('Nothing is known about that time: the log begins {beginsAt}.', { beginsAt: timeOf(beginsAt) })}`;
  }
  const isToCome = time.getTime() > Date.now();
  return html`${isToCome ? `${t('That is in the future. Now it is:')} ` : ''}${there.map(
    ({ versionId, number, since, by, isClaimed }, index) =>
      html`${index === 0 ? '' : '; '}${tParts('{version}, since {since}, by {author}', { version: versionLink(page, versionId, `${model}@${number}`), since: timeOf(since), author: authorOf(by) })}${isClaimed ? ` (${t('claimed')})` : ''}`,
  )}`;
}

function tenureList(
  later: Later<{ readonly items: readonly TenureEntry[]; readonly next?: string }>,
  data: ModelPageData,
  choices: Choices,
  page: ModelPage,
): TemplateResult {
  switch (later.state) {
    case 'loading':
      return html`<p class="muted" role="status">${t('Reading the history…')}</p>`;
    case 'failed':
      return failedLine(later);
    case 'ready': {
      const { items, next } = later.data;
      if (items.length === 0) return emptyState(t('No version has been in {stage} so far.', { stage: choices.stage }));
      return html`${timeStrip(items, choices, page)}
        <ol class="timeline">${items.map((tenure) => entry(tenure, data, page))}</ol>
        ${next === undefined ? nothing : older(next, data, choices, page)}`;
    }
  }
}

/** The pages after the first, as far as they were asked for. */
function older(cursor: string, data: ModelPageData, choices: Choices, page: ModelPage): TemplateResult {
  const wanted = Number(page.ui.olderTenures) || 0;
  const pages: TemplateResult[] = [];
  let next: string | undefined = cursor;
  for (let index = 0; index < wanted && next !== undefined; index += 1) {
    const later = page.tenures(choices.stage, next);
    if (later.state !== 'ready') {
      pages.push(
        html`<p class="muted" role="status">${later.state === 'failed' ? later.message : t('Reading what was before…')}</p>`,
      );
      return html`${pages}`;
    }
    pages.push(html`<ol class="timeline">${later.data.items.map((tenure) => entry(tenure, data, page))}</ol>`);
    next = later.data.next;
  }
  return html`${pages}${
    next === undefined
      ? nothing
      : html`<button class="link" @click=${() => page.setUi('olderTenures', String(wanted + 1))}>${t('Show what was before')}</button>`
  }`;
}

function entry(tenure: TenureEntry, { model }: ModelPageData, page: ModelPage): TemplateResult {
  const { number, versionId, since, claimedSince, until, by, reason, kind, isDeleted } = tenure;
  const name = `@${number}`;
  const lasted = formatDuration(since, until ?? new Date().toISOString());
  return html`<li>
    <div>
      ${kind === 'rollback' ? icon('discard') : icon('arrow-up')}
      ${isDeleted ? html`<span title=${t('Deleted since')}>${tParts('{name} (deleted)', { name })}</span>` : versionLink(page, versionId, `${model.name}${name}`)}
      <span>${words()[kind]}</span>
    </div>
    <div class="muted">
      ${tParts('{from} to {until}', { from: claimedTimeOf(since, claimedSince), until: until === undefined ? t('now') : timeOf(until) })}${lasted === undefined ? nothing : html` <span class="unbroken">(${longDuration(since, until, lasted)})</span>`}
    </div>
    <div class="muted">${authorOf(by)}</div>
    ${reason === '' ? nothing : html`<div class="reason">${reason}</div>`}
  </li>`;
}

/** Days where it was days. */
function longDuration(since: string, until: string | undefined, short: string): string {
  const days = ((until === undefined ? Date.now() : Date.parse(until)) - Date.parse(since)) / 86_400_000;
  return days >= 2 ? tCount(Math.floor(days), '{count} day', '{count} days') : short;
}
