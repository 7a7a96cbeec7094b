import { html, nothing, type TemplateResult } from 'lit';
import type { TransitionEntry, VersionDetails } from '../../extension/messages.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, claimedTimeOf, icon, stageBadge, timeOf, versionLink } from '../shared/parts.ts';
import { foldable } from './foldable.ts';

const words: Readonly<Record<TransitionEntry['kind'], string>> = {
  promote: 'Promoted to',
  rollback: 'Rolled back to',
  demote: 'Moved down to',
  archive: 'Moved to',
  displaced: 'Made way, moved to',
};

/** Who moved the version between stages, when and why; newest first. */
export function historySection(version: VersionDetails, page: PageContext): TemplateResult {
  const newestFirst = [...version.transitions].sort((a, b) => b.seq - a.seq);
  return foldable(
    { id: 'history', title: 'Stage history' },
    html`<ol class="timeline">
      ${newestFirst.map((transition) => entry(version, transition, page))}
      <li>
        <div>Registered as ${stageBadge('candidate')}</div>
        <div class="muted">${authorOf(version.createdBy)}, ${claimedTimeOf(version.createdAt, version.claimedAt)}</div>
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
    <div title="From ${from} to ${to}">${words[kind]} ${stageBadge(to)}${kind === 'displaced' && links.length > 0 ? html` for ${links}` : nothing}</div>
    <div class="muted">${authorOf(by)}, ${timeOf(at)}${isLate(askedAt, at) ? html` (asked for ${timeOf(askedAt)})` : nothing}</div>
    ${reason === '' ? nothing : html`<div class="reason">${reason}</div>`}
    ${kind !== 'displaced' && links.length > 0 ? html`<div>Took the place of ${links}</div>` : nothing}
    ${isOverride ? html`<div class="warning">${icon('warning')} Gates were overridden${overridden.length === 0 ? nothing : html`: <span class="wrap">${overridden.join('; ')}</span>`}</div>` : nothing}
  </li>`;
}

/** The author's clock and the log's agree closely unless the intent waited. */
function isLate(askedAt: string, at: string): boolean {
  return Math.abs(Date.parse(at) - Date.parse(askedAt)) > 15 * 60_000;
}
