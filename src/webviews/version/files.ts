import { html, type TemplateResult } from 'lit';
import type { VersionDetails } from '../../extension/messages.ts';
import { formatBytes, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { ageOf, copyable, emptyState, filtered, icon, section } from '../shared/parts.ts';

/** The files of the artifact. */
export function filesSection({ id, files, artifact }: VersionDetails, page: PageContext): TemplateResult {
  if (artifact.withdrawnAt !== undefined) {
    return section(
      { id: 'files', title: 'Files', count: artifact.fileCount },
      html`<p>Removed ${ageOf(artifact.withdrawnAt)} to free space. Register the same files again to bring them back.</p>`,
    );
  }
  if (files === undefined) {
    return section(
      { id: 'files', title: 'Files', count: artifact.fileCount },
      html`<p class="warning">
        ${icon('warning')} The list of files is missing or damaged. <code>model-registry verify</code> tells more.
      </p>`,
    );
  }
  if (files.length === 0) return section({ id: 'files', title: 'Files' }, emptyState('The artifact has no files.'));
  const { rows, field, more } = filtered(page, 'files', 'Filter files', files, ({ path }) => path);
  return section(
    { id: 'files', title: 'Files', count: files.length, actions: field },
    html`<div class="scroll-x"><table class="files">
      <thead>
        <tr><th scope="col">Path</th><th scope="col" class="numeric">Size</th><th scope="col">SHA-256</th></tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ path, sizeBytes, sha256, isExecutable }) => html`<tr>
            <th scope="row">
              <span class="path"><button class="link ellipsis" title="Open ${path}" @click=${() => page.openFile({ path, versionId: id })}>${path}</button>${isExecutable ? html`<span class="pill">executable</span>` : ''}</span>
            </th>
            <td class="numeric" title="${sizeBytes.toLocaleString('en-US')} bytes">${formatBytes(sizeBytes)}</td>
            <td>${copyable(page, sha256, shortDigest(sha256), `digest of ${path}`)}</td>
          </tr>`,
        )}
      </tbody>
    </table></div>
    ${more}
    <p class="aside"><button class="link" @click=${() => page.act('compareFiles', id)}>${icon('diff-multiple')} How they differ from another version’s…</button></p>`,
  );
}
