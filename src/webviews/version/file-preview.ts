import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { FileEntry } from '../../extension/messages/core-types.ts';
import type { Baseline } from '../../extension/messages/page-data.ts';
import type { FilePreview } from '../../extension/messages/version.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { failedLine } from '../shared/parts.ts';

const PICTURES = /\.(png|jpe?g|gif|webp|bmp|svg)$/i;
const TEXTS =
  /(\.(json|jsonl|ya?ml|toml|txt|md|csv|tsv|py|r|jl|sh|sql|ini|cfg|conf|log|xml|html?|js|ts|css|jinja2?|pbtxt|ipynb|lock)|(^|\/)(MLmodel|Dockerfile|LICENSE|NOTICE|[^/.]*requirements[^/]*|\.gitattributes))$/i;
const LARGEST_PICTURE = 4 * 1024 * 1024;
const LARGEST_TEXT = 1024 * 1024;
/** A file may have to be fetched. */
const patienceMs = 60_000;

/** What a file would be shown as here, by its name and size; nothing for others, which the editor opens. */
export function previewable({ path, sizeBytes }: FileEntry): 'picture' | 'text' | undefined {
  if (PICTURES.test(path)) return sizeBytes <= LARGEST_PICTURE ? 'picture' : undefined;
  return TEXTS.test(path) && sizeBytes <= LARGEST_TEXT ? 'text' : undefined;
}

/** The beginning of a text; a picture, beside that of the version it is measured against, in the order of the editor's own comparison. */
export function previewOf(
  file: FileEntry,
  { id, baseline }: { readonly id: string; readonly baseline: Baseline | undefined },
  page: PageContext,
): TemplateResult {
  const { path } = file;
  const own = page.later(
    'preview',
    () => page.read('preview', { path, versionId: id }, { timeoutMs: patienceMs }),
    path,
  );
  if (previewable(file) === 'text' || baseline === undefined) return shown(own, path);
  const before = page.later(
    'preview.before',
    () => page.read('preview', { path, versionId: baseline.versionId }, { timeoutMs: patienceMs }),
    path,
  );
  return html`<div class="beside">
    <figure>${shown(before, path)}<figcaption class="muted">@${baseline.number}</figcaption></figure>
    <figure>${shown(own, path)}<figcaption class="muted">${t('This version')}</figcaption></figure>
  </div>`;
}

function shown(later: Later<FilePreview>, path: string): TemplateResult {
  if (later.state === 'failed') return failedLine(later);
  if (later.state === 'loading')
    return html`<p class="preview-waiting muted" role="status">${t('Reading {path}…', { path })}</p>`;
  // What is kept for another file stays until that of this one is there.
  if (later.data.path !== path)
    return html`<p class="preview-waiting muted" role="status">${t('Reading {path}…', { path })}</p>`;
  switch (later.data.kind) {
    case 'text':
      return html`<pre class="preview-text" tabindex="0"><code>${later.data.text}</code></pre>
        ${later.data.isCut ? html`<p class="muted">${t('Only the beginning is shown here. Open the file for all of it.')}</p>` : nothing}`;
    case 'picture':
      return html`<img class="preview-picture" src=${later.data.source} alt=${path} />`;
    case 'none':
      return html`<p class="preview-waiting muted">${later.data.why}</p>`;
  }
}
