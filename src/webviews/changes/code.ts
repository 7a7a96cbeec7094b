import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { word } from '../shared/word.ts';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { ChangedFile, CodeBetween, CodeLineage, CommitList } from '../../extension/messages/core-types.ts';
import type { ChangesPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { shortDigest } from '../shared/format.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { ageOf, copyable, failedLine, filtered, icon, section } from '../shared/parts.ts';

/** What git told, or tells soon. */
export type LaterCode = Later<{ readonly between?: CodeBetween }>;

/** git may have to walk through a long history, on a machine that does something else. */
const patienceMs = 60_000;

/** Asked for once; the page shows everything else meanwhile. */
export function laterCode({ code, before, after }: ChangesPageData, page: PageContext): LaterCode {
  if (!code.before || !code.after) return { state: 'ready', data: {} };
  const isClean = !code.before.isDirty && !code.after.isDirty;
  if (code.before.commit === code.after.commit && isClean) return { state: 'ready', data: {} };
  return page.later('code', () => page.read('codeBetween', {}, { timeoutMs: patienceMs }), `${before.id} ${after.id}`);
}

/** Commits and files between the two versions; nothing where their code is the same or wasn't recorded. */
export function codeSection(
  { code: { before, after } }: ChangesPageData,
  code: LaterCode,
  page: PageContext,
): TemplateResult | typeof nothing {
  if (!before || !after) return nothing;
  const isSame = before.commit === after.commit;
  if (isSame && !before.isDirty && !after.isDirty) return nothing;
  const between = code.state === 'ready' ? code.data.between : undefined;
  const actions =
    between && between.fileCount > 1
      ? html`<button class="link" @click=${() => page.openFileChanges()}>${icon('diff-multiple')}${t('Open all files')}</button>`
      : nothing;
  return section(
    { id: 'code', title: t('Code'), actions },
    html`
    <div class="facts">
      <span>${commitName(before, page)}</span>
      ${isSame ? nothing : html`<span>${icon('arrow-right')} ${commitName(after, page)}</span>`}
      ${dirtyNote(before, after)}
    </div>
    ${outcome(code, page)}`,
  );
}

function commitName({ commit, branch }: CodeLineage, page: PageContext): TemplateResult {
  return html`${icon('git-commit')} ${copyable(page, commit, shortDigest(commit), t('commit'))}${branch === undefined ? nothing : html` <span class="muted">${t('on')}</span> <span class="wrap">${branch}</span>`}`;
}

/** Uncommitted changes belong to the code as much as commits. */
function dirtyNote(before: CodeLineage, after: CodeLineage): TemplateResult | typeof nothing {
  if (!before.isDirty && !after.isDirty) return nothing;
  const isSamePatch = before.changes?.patch !== undefined && before.changes.patch === after.changes?.patch;
  const what =
    before.isDirty && after.isDirty
      ? isSamePatch
        ? t('Both had the same uncommitted changes')
        : t('Both had uncommitted changes')
      : after.isDirty
        ? t('The later one had uncommitted changes')
        : t('The earlier one had uncommitted changes');
  return html`<span class=${isSamePatch ? 'muted' : 'warning'}>${icon('warning')}&nbsp;${what}</span>`;
}

function outcome(code: LaterCode, page: PageContext): TemplateResult {
  switch (code.state) {
    case 'loading':
      return html`<p class="facts muted"><vscode-progress-ring class="small-ring" aria-hidden="true"></vscode-progress-ring> ${t('Asking git…')}</p>`;
    case 'failed':
      return failedLine(code);
    case 'ready':
      return code.data.between ? history(code.data.between, page) : html``;
  }
}

function history(between: CodeBetween, page: PageContext): TemplateResult {
  const { added, removed, missing } = between;
  return html`${missing.map((what) => html`<p class="warning">${icon('warning')}&nbsp;<span class="wrap">${what}</span></p>`)}
    <div class="history">
      ${commitTable('commits', tCount(added.count, '{count} commit', '{count} commits'), added, page)}
      ${removed.count === 0 ? nothing : commitTable('removed', tCount(removed.count, '{count} commit that only the earlier version has', '{count} commits that only the earlier version has'), removed, page)}
      ${fileTable(between, page)}
    </div>`;
}

function commitTable(id: string, title: string, list: CommitList, page: PageContext): TemplateResult | typeof nothing {
  if (list.count === 0) return nothing;
  const { rows, field, more } = filtered(
    page,
    id,
    t('Filter commits'),
    list.commits,
    ({ subject, author, commit }) => `${subject} ${author} ${commit}`,
  );
  const notHere = list.count - list.commits.length;
  return html`<div class="history-part">
    <div class="history-title"><h3>${title}</h3>${field}</div>
    <div class="history-list" tabindex="0" role="region" aria-label=${title}>
      <table class="commits">
        <thead class="only-read-aloud"><tr><th scope="col">${t('Subject')}</th><th scope="col">${t('Author')}</th><th scope="col">${t('When')}</th><th scope="col">${t('Commit')}</th></tr></thead>
        <tbody>
          ${rows.map(
            ({ commit, author, at, subject }) => html`<tr>
            <th scope="row"><span class="ellipsis" dir="auto" title=${subject}>${subject}</span></th>
            <td class="muted commit-author"><span class="ellipsis" title=${author}>${author}</span></td>
            <td class="muted commit-age">${ageOf(at)}</td>
            <td>${copyable(page, commit, commit.slice(0, 8), t('commit'))}</td>
          </tr>`,
          )}
        </tbody>
      </table>
      ${more}
    </div>
    ${notHere > 0 ? html`<p class="muted history-rest">${tCount(notHere, 'and {count} earlier one', 'and {count} earlier ones')}</p>` : nothing}
  </div>`;
}

const kinds = {
  added: 'diff-added',
  removed: 'diff-removed',
  changed: 'diff-modified',
  moved: 'diff-renamed',
} as const;

function fileTable({ files, fileCount }: CodeBetween, page: PageContext): TemplateResult | typeof nothing {
  if (fileCount === 0) return nothing;
  const { rows, field, more } = filtered(
    page,
    'files',
    t('Filter files'),
    files,
    ({ path, from }) => `${path} ${from ?? ''}`,
  );
  const title = tCount(fileCount, '{count} changed file', '{count} changed files');
  return html`<div class="history-part">
    <div class="history-title"><h3>${title}</h3>${field}</div>
    <div class="history-list" tabindex="0" role="region" aria-label=${title}>
      <table class="changed-files">
        <thead class="only-read-aloud"><tr><th scope="col">${t('File')}</th><th scope="col">${t('Lines')}</th></tr></thead>
        <tbody>${rows.map((file) => fileRow(file, page))}</tbody>
      </table>
      ${more}
    </div>
  </div>`;
}

function fileRow(
  { path, kind, from, addedLines, removedLines, isBinary }: ChangedFile,
  page: PageContext,
): TemplateResult {
  const open = () => page.openFileChange(from === undefined ? { path } : { path, from });
  const name = from === undefined ? path : `${from} → ${path}`;
  const title = t('Compare {name} ({kind})', { name, kind: word(kind) });
  return html`<tr>
    <th scope="row">
      <button class="link path-link" title=${title} @click=${open}
        ><span class="file-${kind}">${icon(kinds[kind])}</span><span class="only-read-aloud">${word(kind)}: </span>${
          from === undefined
            ? cutName(path, { title })
            : html`<span class="moved-names"
                ><span>${cutName(from, { title })}</span> <span><span class="unbroken">→&nbsp;</span>${cutName(path, { title })}</span></span
              >`
        }</button
      >
    </th>
    <td class="numeric">
      ${
        isBinary
          ? html`<span class="muted">${t('binary')}</span>`
          : addedLines === undefined
            ? nothing
            : html`<span class="lines-added">+${formatNumber(addedLines)}</span> <span class="lines-removed">−${formatNumber(removedLines ?? 0)}</span>`
      }
    </td>
  </tr>`;
}
