import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../../base/language.ts';
import type { CommentEntry, VersionDetails } from '../../extension/messages/core-types.ts';
import type { RemarkKind } from '../../extension/messages/version.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, emptyState, timeOf, versionLink } from '../shared/parts.ts';
import { composer, toggleComposer } from './composer.ts';
import { foldable } from './foldable.ts';
import { markdown } from './markdown.ts';

/** What was said last is read; the rest of a long talk comes when asked for, and then so much more at a time. */
const NEWEST = 50;
const MORE = 200;

export function notesSection(version: VersionDetails, page: PageContext): TemplateResult {
  return remarks('note', version.notes, page);
}

export function commentsSection(version: VersionDetails, page: PageContext): TemplateResult {
  return remarks('comment', version.comments, page);
}

function remarks(kind: RemarkKind, all: readonly CommentEntry[], page: PageContext): TemplateResult {
  const isNote = kind === 'note';
  const isWriting = page.ui[`write.${kind}`] === true;
  const add = html`<button ${page.writes}
    class="link"
    aria-expanded=${String(isWriting)}
    @click=${() => toggleComposer(kind, page)}
  >
    ${isNote ? t('Add note…') : t('Comment…')}
  </button>`;
  const shown = all.slice(-(Number(page.ui[`rows.${kind}s`]) || NEWEST));
  const nothingYet = isNote ? t('Nothing was noted.') : t('No one has commented.');
  return foldable(
    {
      id: `${kind}s`,
      title: isNote ? t('Notes') : t('Comments'),
      ...(all.length === 0 ? {} : { count: all.length }),
      actions: add,
    },
    html`${isWriting ? composer(kind, page) : nothing}${
      all.length === 0
        ? emptyState(nothingYet)
        : html`${earlier(kind, all.length - shown.length, shown.length, page)}<ul class="entries">
            ${shown.map(
              ({ text, by, at }) => html`<li>
                <div class="muted">${authorOf(by)}, ${timeOf(at)}</div>
                ${markdown(text)}
              </li>`,
            )}
          </ul>`
    }`,
    page,
  );
}

function earlier(kind: RemarkKind, hidden: number, shown: number, page: PageContext): TemplateResult | typeof nothing {
  if (hidden <= 0) return nothing;
  const next = Math.min(hidden, MORE);
  return html`<button class="link" @click=${() => page.setUi(`rows.${kind}s`, String(shown + next))}>
    ${t('Show {next} earlier of {hidden}', { next: formatNumber(next), hidden: formatNumber(hidden) })}
  </button>`;
}

/** Other versions with the same bytes. */
export function sameArtifactSection(version: VersionDetails, page: PageContext): TemplateResult | typeof nothing {
  if (version.sameArtifact.length === 0) return nothing;
  return foldable(
    { id: 'same-artifact', title: t('Same artifact') },
    html`<ul class="entries">
      ${version.sameArtifact.map(({ model, number }) => html`<li>${versionLink(page, `${model}@${number}`, `${model}@${number}`)}</li>`)}
    </ul>`,
    page,
  );
}
