import { html, nothing, type TemplateResult } from 'lit';
import { t, tCount, tParts } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { FileEntry, VersionDetails } from '../../extension/messages/core-types.ts';
import type { VersionPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { ageOf, copyable, emptyState, filtered, icon, inlineCode } from '../shared/parts.ts';
import { copyTable, tableText } from './copy-table.ts';
import { previewable, previewOf } from './file-preview.ts';
import { foldable } from './foldable.ts';

/** The files of the artifact. `own` is given on the page of the version: there they can be looked at and saved one by one. */
export function filesSection(
  { id, files, artifact }: VersionDetails,
  page: PageContext,
  own?: Pick<VersionPageData, 'baseline'>,
): TemplateResult {
  const title = t('Files');
  if (artifact.withdrawnAt !== undefined) {
    return foldable(
      { id: 'files', title, count: artifact.fileCount },
      html`<p>${tParts('Removed {withdrawnAt} to free space. Register the same files again to bring them back.', { withdrawnAt: ageOf(artifact.withdrawnAt) })}</p>`,
      page,
    );
  }
  if (files === undefined) {
    return foldable(
      { id: 'files', title, count: artifact.fileCount },
      html`<p class="warning">
        ${icon('warning')}&nbsp;${tParts('The list of files is missing or damaged. {command} tells more.', { command: inlineCode('model-registry verify') })}
      </p>`,
      page,
    );
  }
  if (files.length === 0) return foldable({ id: 'files', title }, emptyState(t('The artifact has no files.')), page);
  const { rows, field, more } = filtered(page, 'files', t('Filter files'), files, ({ path }) => path);
  return foldable(
    { id: 'files', title, count: files.length, actions: field },
    html`<div class="scroll-x"><table class="files">
      <thead>
        <tr><th scope="col">${t('Path')}</th><th scope="col" class="numeric">${t('Size')}</th><th scope="col">${t('SHA-256')}</th>${own === undefined ? nothing : html`<th scope="col"><span class="only-read-aloud">${t('Actions')}</span></th>`}</tr>
      </thead>
      <tbody>
        ${rows.map((file) => fileRow(file, id, own, page))}
      </tbody>
    </table></div>
    ${more}
    <p class="aside links">
      <button class="link" @click=${() => page.act('compareFiles', id)}>${icon('diff-multiple')}${t('Compare with another version’s files…')}</button>
      <button ${page.writes} class="link" @click=${() => page.act('restoreFiles', id)}>${icon('save-all')}${t('Save all…')}</button>
      ${copyTable(page, () =>
        tableText(
          [t('Path'), t('Size'), 'SHA-256'],
          files.map(({ path, sizeBytes, sha256 }) => [path, String(sizeBytes), sha256]),
        ),
      )}
    </p>`,
    page,
  );
}

function fileRow(
  file: FileEntry,
  id: string,
  own: Pick<VersionPageData, 'baseline'> | undefined,
  page: PageContext,
): TemplateResult {
  const { path, sizeBytes, sha256, isExecutable } = file;
  const isPreviewed = own !== undefined && isOpen(file, page);
  return html`<tr>
      <th scope="row">
        <span class="path"><button class="link ellipsis" title=${t('Open {path}', { path })} @click=${() => page.openFile({ path, versionId: id })}>${cutName(path, { title: t('Open {path}', { path }), lines: 'two-if-narrow', isControl: true })}</button>${iconButton('copy', t('Copy the path {path}', { path }), () => page.copy(path, t('the path')))}${isExecutable ? html`<span class="pill">${t('executable')}</span>` : ''}${sizeBytes === 0 ? html`<span class="pill">${t('empty')}</span>` : ''}</span>
      </th>
      <td class="numeric" title=${tCount(sizeBytes, '{count} byte', '{count} bytes')}>${sizeText(sizeBytes)}</td>
      <td>${copyable(page, sha256, shortDigest(sha256), t('digest of {path}', { path }))}</td>
      ${own === undefined ? nothing : fileActions(file, id, own, page)}
    </tr>
    ${isPreviewed ? html`<tr class="preview"><td colspan="4">${previewOf(file, { id, baseline: own?.baseline }, page)}</td></tr>` : nothing}`;
}

/** What can be done with a file of the page's own version: a column that other pages haven't. */
function fileActions(
  file: FileEntry,
  id: string,
  { baseline }: Pick<VersionPageData, 'baseline'>,
  page: PageContext,
): TemplateResult {
  const { path } = file;
  const isPreviewed = isOpen(file, page);
  const togglePreview = () => page.setUi('preview.file', isPreviewed ? '' : path);
  const preview = iconButton(
    isPreviewed ? 'eye-closed' : 'eye',
    t('Preview {path}', { path }),
    togglePreview,
    isPreviewed,
  );
  const compared =
    baseline &&
    iconButton('diff', t('Compare {path} with that of @{number}', { path, number: baseline.number }), () =>
      page.openFile({ path, versionId: id, before: baseline.versionId }),
    );
  return html`<td class="file-actions">${
    previewable(file) === undefined ? html`<span class="icon-button" aria-hidden="true"></span>` : preview
  }${compared ?? nothing}<button ${page.writes} class="icon-button" title=${t('Save {path} as…', { path })} aria-label=${t('Save {path} as…', { path })} @click=${() => page.saveFile(path)}>${icon('save')}</button></td>`;
}

function isOpen({ path }: FileEntry, page: PageContext): boolean {
  return page.ui['preview.file'] === path;
}

function iconButton(name: string, label: string, click: () => void, isExpanded?: boolean): TemplateResult {
  return html`<button class="icon-button" title=${label} aria-label=${label} aria-expanded=${isExpanded === undefined ? nothing : String(isExpanded)} @click=${click}>${icon(name)}</button>`;
}
