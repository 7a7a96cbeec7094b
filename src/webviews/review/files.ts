import { html, nothing, type TemplateResult } from 'lit';
import { t, tCount } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { FileEntry } from '../../extension/messages/core-types.ts';
import type { ReviewPageData } from '../../extension/messages/review.ts';
import { beforeAfter } from '../changes/sections.ts';
import { shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { filtered, icon, none, section } from '../shared/parts.ts';
import { word } from '../shared/word.ts';
import { filesSection } from '../version/files.ts';

interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: FileEntry;
  readonly after?: FileEntry;
}

/** Which files are others than those of the version beside it; all of them where there is none. */
export function filesBeside({ version, other }: ReviewPageData, page: PageContext): TemplateResult {
  const [files, theirs] = [version.files, other?.version.files];
  if (!other || !files || !theirs || version.artifact.withdrawnAt !== undefined) return filesSection(version, page);
  const changes = changesOf(theirs, files);
  const openTitle = (kind: FileChange['kind'], path: string) =>
    kind === 'changed' ? t('Show what changed in {path}', { path }) : t('Open {path}', { path });
  const opened = (kind: FileChange['kind'], path: string) => ({
    path,
    versionId: kind === 'removed' ? other.version.id : version.id,
    ...(kind === 'changed' ? { before: other.version.id } : {}),
  });
  const sameCount = files.length - changes.filter(({ kind }) => kind !== 'removed').length;
  const { rows, field, more } = filtered(page, 'files', t('Filter files'), changes, ({ path }) => path);
  return section(
    { id: 'files', title: t('Files'), count: files.length, actions: field },
    html`${
      changes.length === 0
        ? nothing
        : beforeAfter(
            t('Path'),
            rows.map(({ path, kind, before, after }) => ({
              name: path,
              before: cell(before),
              after: cell(after),
              what: html`<button class="link" title="${openTitle(kind, path)}" @click=${() => page.openFile(opened(kind, path))}>${word(kind)}</button>`,
            })),
          )
    }${more}
    ${sameCount === 0 ? nothing : html`<p class="muted aside">${icon('check')}&nbsp;${changes.length === 0 ? tCount(sameCount, 'The one file is the same, byte for byte.', 'All {count} files are the same, byte for byte.') : tCount(sameCount, '{count} file is the same, byte for byte.', '{count} files are the same, byte for byte.')}</p>`}`,
  );
}

function cell(file: FileEntry | undefined): TemplateResult {
  if (!file) return none();
  const { sizeBytes, sha256 } = file;
  return html`<span title="${tCount(sizeBytes, '{count} byte', '{count} bytes')}, ${sha256}"><span class="unbroken">${sizeText(sizeBytes)}</span>
    <code class="data-digest wrap muted">${shortDigest(sha256)}</code></span
  >`;
}

function changesOf(before: readonly FileEntry[], after: readonly FileEntry[]): readonly FileChange[] {
  const theirs = new Map(before.map((file) => [file.path, file]));
  const own = new Set(after.map(({ path }) => path));
  return [
    ...after.flatMap((file): FileChange[] => {
      const was = theirs.get(file.path);
      if (!was) return [{ path: file.path, kind: 'added', after: file }];
      return was.sha256 === file.sha256 ? [] : [{ path: file.path, kind: 'changed', before: was, after: file }];
    }),
    ...before
      .filter(({ path }) => !own.has(path))
      .map((file): FileChange => ({ path: file.path, kind: 'removed', before: file })),
  ];
}
