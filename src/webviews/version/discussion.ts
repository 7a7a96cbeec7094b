import { html, nothing, type TemplateResult } from 'lit';
import type { CommentEntry, VersionDetails } from '../../extension/messages.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, emptyState, section, timeOf, versionLink } from '../shared/parts.ts';

export function notesSection(version: VersionDetails, page: PageContext): TemplateResult {
  const add = html`<button class="link" @click=${() => page.act('addNote', version.id)}>Add note…</button>`;
  return entries('notes', 'Notes', version.notes, add, 'Nothing was noted.');
}

export function commentsSection(version: VersionDetails, page: PageContext): TemplateResult {
  const add = html`<button class="link" @click=${() => page.act('comment', version.id)}>Comment…</button>`;
  return entries('comments', 'Comments', version.comments, add, 'No one has commented.');
}

function entries(
  id: string,
  title: string,
  all: readonly CommentEntry[],
  actions: TemplateResult,
  whenEmpty: string,
): TemplateResult {
  if (all.length === 0) return section({ id, title, actions }, emptyState(whenEmpty));
  return section(
    { id, title, count: all.length, actions },
    html`<ul class="entries">
      ${all.map(
        ({ text, by, at }) => html`<li>
          <div class="muted">${authorOf(by)}, ${timeOf(at)}</div>
          <div class="words">${text}</div>
        </li>`,
      )}
    </ul>`,
  );
}

/** Other versions with the same bytes. */
export function sameArtifactSection(version: VersionDetails, page: PageContext): TemplateResult | typeof nothing {
  if (version.sameArtifact.length === 0) return nothing;
  return section(
    { id: 'same-artifact', title: 'Same artifact' },
    html`<ul class="entries">
      ${version.sameArtifact.map(({ model, number }) => html`<li>${versionLink(page, `${model}@${number}`, `${model}@${number}`)}</li>`)}
    </ul>`,
  );
}
