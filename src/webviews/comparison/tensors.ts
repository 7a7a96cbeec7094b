import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tCount, tParts } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { formatCount } from '../../base/count.ts';
import type { TensorComparisonPageData } from '../../extension/messages/answers.ts';
import type {
  ComparedTensorQuery,
  ComparedTensorRows,
  Progress,
  TensorChange,
} from '../../extension/messages/core-types.ts';
import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import type { PageContext } from '../shared/page.ts';
import { failedLine, icon } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { choiceOf } from './choice-text.ts';
import './compared-tensor-table.ts';

/** Without a word of how far it is, the comparison is given up after so long: files may have to be fetched first. */
const patienceMs = 120_000;
const shownGroups = 12;

/** A comparison under way, or what came of it. One for each pair of versions. */
interface Attempt {
  readonly controller: AbortController;
  readonly rows: (query: ComparedTensorQuery) => Promise<ComparedTensorRows>;
  progress?: Progress;
}
const attempts = new Map<string, Attempt>();

/** The tensors of one version beside those of another, compared when the person asks for it. */
export function tensorPanel({ versions }: ComparisonPageData, baseline: number, page: PageContext): TemplateResult {
  const others = versions.filter((_, column) => column !== baseline);
  const before = versions[baseline];
  const after = others.find(({ id }) => id === page.ui.compared) ?? others.at(-1);
  if (!before || !after) return html``;
  const label = (version: (typeof versions)[number]) => `${version.model}@${versionNumber(version)}`;
  return html`<section class="tensor-panel" aria-label=${t('Tensors')}>
    <p class="facts">
      <span>${tParts('From {version} to', { version: html`<b>${label(before)}</b>` })}</span>
      ${
        others.length === 1
          ? html`<b>${label(after)}</b>`
          : html`<select aria-label=${t('Compared version')} @change=${(event: Event) => page.setUi('compared', chosen(event))}>
              ${others.map((version) => html`<option value=${version.id} ?selected=${version === after}>${choiceOf(version)}</option>`)}
            </select>`
      }
    </p>
    ${outcome(before.id, after.id, page)}
  </section>`;
}

function outcome(before: string, after: string, page: PageContext): TemplateResult {
  const key = `tensors:${before}:${after}`;
  const later = page.later(key, () => compare(key, before, after, page));
  switch (later.state) {
    case 'loading':
      return underWay(key);
    case 'failed':
      return failedLine(later);
    case 'ready':
      return result(key, later.data);
  }
}

function compare(key: string, before: string, after: string, page: PageContext): Promise<TensorComparisonPageData> {
  const controller = new AbortController();
  const attempt: Attempt = {
    controller,
    rows: (query) => page.read('comparedTensorRows', { before, after, query }, { timeoutMs: patienceMs }),
  };
  attempts.set(key, attempt);
  return page.read(
    'compareTensors',
    { before, after },
    {
      timeoutMs: patienceMs,
      signal: controller.signal,
      onProgress(progress) {
        attempt.progress = progress;
        page.redraw();
      },
    },
  );
}

function underWay(key: string): TemplateResult {
  const { progress, controller } = attempts.get(key) ?? {};
  const { step = t('Reading the headers'), doneBytes = 0, totalBytes = 0 } = progress ?? {};
  return html`<div class="facts">
    <span role="status">${step}…</span>
    ${
      totalBytes === 0
        ? nothing
        : html`<progress max=${totalBytes} value=${doneBytes}></progress>
            <span class="muted">${t('{done} of {total}', { done: sizeText(doneBytes), total: sizeText(totalBytes) })}</span>`
    }
    <vscode-button secondary @click=${() => controller?.abort()}>${t('Cancel')}</vscode-button>
  </div>`;
}

const words = (): Readonly<Record<TensorChange, string>> => ({
  changed: t('changed'),
  retyped: t('with another dtype'),
  reshaped: t('with another shape'),
  added: t('added'),
  removed: t('removed'),
  unknown: t('not comparable'),
  identical: t('identical'),
});

function result(key: string, { counts, frozen, problems }: TensorComparisonPageData): TemplateResult {
  const told = (Object.entries(words()) as [TensorChange, string][]).filter(([kind]) => counts[kind] > 0);
  const total = told.reduce((sum, [kind]) => sum + counts[kind], 0);
  return html`<ul class="facts" aria-label=${t('What became of them')}>
      ${told.map(([kind, word]) => html`<li><b>${formatNumber(counts[kind])}</b> ${word}</li>`)}
    </ul>
    ${
      frozen.length === 0
        ? nothing
        : html`<p class="wrap">
            <span class="muted">${t('Unchanged parts:')}</span>
            ${frozen.slice(0, shownGroups).map(
              ({ name, tensors, elements }, index) =>
                html`${index > 0 ? ', ' : ''}<code>${name}</code>
                  <span class="muted">(${tCount(tensors, '{count} tensor', '{count} tensors')}, ${formatCount(elements)})</span>`,
            )}${frozen.length > shownGroups ? html` <span class="muted">${tCount(frozen.length - shownGroups, 'and {count} more', 'and {count} more')}</span>` : nothing}
          </p>`
    }
    ${problems.map((problem) => html`<p class="warning">${icon('warning')}&nbsp;<span class="wrap">${problem}</span></p>`)}
    <compared-tensor-table .load=${attempts.get(key)?.rows} .count=${total}></compared-tensor-table>`;
}

function chosen(event: Event): string {
  return event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
}
