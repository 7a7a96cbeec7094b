import { html, nothing, type TemplateResult } from 'lit';
import { cardAmong, isCard, splitCard } from '../../base/card-text.ts';
import { t } from '../../base/language.ts';
import type { VersionDetails } from '../../extension/messages/core-types.ts';
import type { PageContext } from '../shared/page.ts';
import { emptyState, failedLine, icon } from '../shared/parts.ts';
import { foldable } from './foldable.ts';
import { markdown } from './markdown.ts';

/** A file may have to be fetched. */
const patienceMs = 60_000;
/** A card with more is shown by its beginning until more is asked for. */
const LONG = 600;

/** What people wrote of the version, or what the card among its files says. */
export function cardSection(version: VersionDetails, page: PageContext): TemplateResult {
  const file = cardAmong(version.files ?? []);
  const hasCard = isCard(version.description);
  const actions = html`<span class="links">
    <button ${page.writes} class="link" @click=${() => page.act('editCard', version.id)}>${icon('edit')}${hasCard ? t('Edit…') : t('Write the card…')}</button>
    <button ${page.writes} class="link" @click=${() => page.act('exportCard', version.id)}>${icon('export')}${t('Export…')}</button>
  </span>`;
  const options = { id: 'card', title: t('Model card'), actions };
  if (hasCard) {
    return foldable(options, cardBody(version.description, version, page, undefined), page);
  }
  if (file !== undefined && version.artifact.withdrawnAt === undefined)
    return foldable(options, cardOfFile(file, version, page), page);
  return foldable(
    options,
    emptyState(
      t('There is no model card yet.'),
      t('A draft has what is recorded (data, params, metrics, checks) and leaves the rest to you.'),
    ),
    page,
  );
}

/** It has its place before it is there. */
function cardOfFile(path: string, version: VersionDetails, page: PageContext): TemplateResult {
  const later = page.later('card', () => page.read('card', {}, { timeoutMs: patienceMs }));
  const source = html`<button class="link" @click=${() => page.openFile({ path, versionId: version.id })}>${icon('go-to-file')}${path}</button>`;
  const waiting = (content: TemplateResult) =>
    html`<div class="card card-cut">${content}</div><div class="below-place">${source}</div>`;
  if (later.state === 'failed') return html`${failedLine(later)}<div class="below-place">${source}</div>`;
  if (later.state === 'loading')
    return waiting(html`<p class="muted" role="status">${t('Reading {path}…', { path })}</p>`);
  const { file } = later.data;
  if (file === undefined || 'problem' in file)
    return waiting(
      html`<p class="warning">${icon('warning')}&nbsp;<span class="wrap">${file?.problem ?? ''}</span></p>`,
    );
  return cardBody(file.text, version, page, source);
}

/** `source` is where it is from, where that is a file: then it has the space of a long one, as it had while it was read. */
function cardBody(
  text: string,
  version: VersionDetails,
  page: PageContext,
  source: TemplateResult | undefined,
): TemplateResult {
  const { metadata, body } = splitCard(text);
  const isWhole = page.ui['whole.card'] === true;
  const isLong = source !== undefined || text.length > LONG;
  const paths = new Set((version.files ?? []).map(({ path }) => path));
  const openPath = (path: string) =>
    paths.has(path) ? () => page.openFile({ path, versionId: version.id }) : undefined;
  const toggle = html`<button class="link" aria-expanded=${String(isWhole)} @click=${() => page.setUi('whole.card', !isWhole)}>
    ${isWhole ? t('Show less') : t('Show all of it')}
  </button>`;
  return html`<div class="card ${isLong && !isWhole ? 'card-cut' : ''}">
      ${markdown(body, { openPath })}
      ${metadata === undefined ? nothing : html`<details class="metadata"><summary>${t('Metadata')}</summary><pre tabindex="0"><code>${metadata}</code></pre></details>`}
    </div>
    <div class="below-place">${isLong ? toggle : nothing}${source ?? nothing}</div>`;
}
