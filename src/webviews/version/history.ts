import { html, nothing, type TemplateResult } from 'lit';
import { importedFrom } from '../../base/imported-from.ts';
import { t, tParts } from '../../base/language.ts';
import type { TransitionEntry, VersionDetails } from '../../extension/messages/core-types.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, claimedTimeOf, icon, stageBadge, timeOf, versionLink } from '../shared/parts.ts';
import { foldable } from './foldable.ts';

const words = (): Readonly<Record<TransitionEntry['kind'], string>> => ({
  promote: t('Promoted to'),
  rollback: t('Rolled back to'),
  demote: t('Moved down to'),
  archive: t('Moved to'),
  displaced: t('Made way, moved to'),
});

/** Who moved the version between stages, when and why; newest first. */
export function historySection(version: VersionDetails, page: PageContext): TemplateResult {
  const newestFirst = [...version.transitions].sort((a, b) => b.seq - a.seq);
  return foldable(
    { id: 'history', title: t('Stage history') },
    html`<ol class="timeline">
      ${newestFirst.map((transition) => entry(version, transition, page))}
      <li>
        <div>${tParts('Registered as {stage}', { stage: stageBadge('candidate') })}</div>
        <div class="muted">${authorOf(version.createdBy)}, ${claimedTimeOf(version.createdAt, version.claimedAt, importedFrom(version))}</div>
      </li>
    </ol>`,
    page,
  );
}

function entry({ model }: VersionDetails, transition: TransitionEntry, page: PageContext): TemplateResult {
  const { kind, from, to, by, at, askedAt, reason, isOverride, overridden = [], displaced } = transition;
  const links = displaced.map(
    (number, index) => html`${index === 0 ? '' : ', '}${versionLink(page, `${model}@${number}`, `@${number}`)}`,
  );
  return html`<li>
    <div title=${t('From {from} to {to}', { from, to })}>${words()[kind]} ${stageBadge(to)}${kind === 'displaced' && links.length > 0 ? html` ${tParts('for {links}', { links })}` : nothing}</div>
    <div class="muted">${authorOf(by)}, ${timeOf(at)}${isLate(askedAt, at) ? html` ${tParts('(asked for {askedAt})', { askedAt: timeOf(askedAt) })}` : nothing}</div>
    ${reason === '' ? nothing : html`<div class="reason">${reason}</div>`}
    ${kind !== 'displaced' && links.length > 0 ? html`<div>${tParts('Took the place of {links}', { links })}</div>` : nothing}
    ${isOverride ? html`<div class="warning">${icon('warning')}&nbsp;${t('Gates were overridden')}${overridden.length === 0 ? nothing : html`: <span class="wrap">${overridden.join('; ')}</span>`}</div>` : nothing}
  </li>`;
}

/** The author's clock and the log's agree closely unless the intent waited. */
function isLate(askedAt: string, at: string): boolean {
  return Math.abs(Date.parse(at) - Date.parse(askedAt)) > 15 * 60_000;
}
