import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { CommentEntry, VersionDetails } from '../../extension/messages/core-types.ts';
import type { RemarkKind } from '../../extension/messages/version.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, emptyState, timeOf, versionLink } from '../shared/parts.ts';
import { composer, toggleComposer } from './composer.ts';
import { foldable } from './foldable.ts';
import { markdown } from './markdown.ts';

export function notesSection(version: VersionDetails, page: PageContext): TemplateResult {
  return remarks('note', version.notes, page);
}

export function commentsSection(version: VersionDetails, page: PageContext): TemplateResult {
  return remarks('comment', version.comments, page);
}

function remarks(kind: RemarkKind, all: readonly CommentEntry[], page: PageContext): TemplateResult {
  const isNote = kind === 'note';
  const isWriting = page.ui[`write.${kind}`] === true;
  const add = html`<button
    class="link"
    aria-expanded=${String(isWriting)}
    @click=${() => toggleComposer(kind, page)}
  >
    ${isNote ? t('Add note…') : t('Comment…')}
  </button>`;
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
        : html`<ul class="entries">
            ${all.map(
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
