import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { ResultOf } from '../../extension/messages/answers.ts';
import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { coded, icon, none } from '../shared/parts.ts';
import { nameOf } from './export.ts';
import { sectionHead } from './table.ts';

type Gates = ResultOf<'comparison'>['versionGates'];
type Gate = Gates['stages'][number]['gates'][number];

/** Metrics of predictions may have to be resampled. */
const patienceMs = 60_000;

/** How each version stands to what its stages ask for; found out when somebody opens it, below everything else. */
export function gatesBody({ versions }: ComparisonPageData, page: PageContext): TemplateResult {
  const width = 1 + 2 * versions.length;
  const isOpen = page.ui['open.gates'] === true;
  const head = sectionHead(
    { id: 'gates', title: t('Gates'), note: isOpen ? '' : t('evaluated when this is opened'), isClosed: !isOpen },
    width,
    () => page.setUi('open.gates', !isOpen),
  );
  if (!isOpen) return html`<tbody>${head}</tbody>`;
  const found = versions.map(({ id: versionId }) =>
    page.later(
      `gates:${versionId}`,
      () => page.read('versionGates', { versionId }, { timeoutMs: patienceMs }),
      versions,
    ),
  );
  const rows = rowsIn(found);
  const isReading = found.some(({ state }) => state === 'loading');
  return html`<tbody>
    ${head}
    ${found.map((later, column) => {
      const version = versions[column];
      if (later.state !== 'failed' || !version) return nothing;
      return html`<tr><td colspan=${width} class="warning">${icon('warning')}&nbsp;${nameOf(version)}: ${coded(later.message)} <button class="link" @click=${later.retry}>${t('Retry')}</button></td></tr>`;
    })}
    ${rows.map(
      ({ stage, title }) => html`<tr>
        <th scope="row"><span class="row-head">${cutName(`${stage}: ${title}`, { lines: 'two-if-narrow' })}</span></th>
        ${found.map((later) => html`<td colspan="2">${gateCell(later, stage, title)}</td>`)}
      </tr>`,
    )}
    ${
      rows.length > 0
        ? nothing
        : html`<tr><td colspan=${width} class="muted" role="status">${isReading ? t('Evaluating the gates…') : t('No stage has gates.')}</td></tr>`
    }
  </tbody>`;
}

function rowsIn(found: readonly Later<Gates>[]): readonly { readonly stage: string; readonly title: string }[] {
  const rows = found.flatMap((later) =>
    later.state === 'ready'
      ? later.data.stages.flatMap(({ stage, gates }) => gates.map(({ title }) => ({ stage, title })))
      : [],
  );
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

const words = (): Readonly<Record<Gate['outcome'], readonly [symbol: string, word: string, look: string]>> => ({
  passed: ['pass', t('passed'), 'better'],
  failed: ['error', t('failed'), 'worse'],
  'not-evaluated': ['circle-slash', t('not evaluated'), 'muted'],
});

function gateCell(later: Later<Gates>, stage: string, title: string): TemplateResult {
  if (later.state === 'loading') return html`<span class="muted">…</span>`;
  if (later.state === 'failed') return none();
  const gates = later.data.stages.find((entry) => entry.stage === stage)?.gates ?? [];
  const gate = gates.find((entry) => entry.title === title);
  if (!gate) return none();
  const [symbol, word, look] = words()[gate.outcome];
  return html`<span class="gate-cell" title=${gate.why ?? ''}><span class="change ${look}">${icon(symbol)} ${word}</span> <span class="wrap">${gate.measured}</span></span>`;
}
