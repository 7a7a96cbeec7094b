import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { ResultOf } from '../../extension/messages/answers.ts';
import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import { gateName } from '../review/gates.ts';
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
      ({ stage, gate }) => html`<tr>
        <th scope="row">
          <span class="row-head">${cutName(`${stage}: ${gateName(gate)}`, { lines: 'two-if-narrow' })}</span>
          ${gateName(gate) === gate.required ? nothing : html`<div class="asked muted">${gate.required}</div>`}
        </th>
        ${found.map((later) => html`<td colspan="2">${gateCell(later, stage, gate)}</td>`)}
      </tr>`,
    )}
    ${
      rows.length > 0
        ? nothing
        : html`<tr><td colspan=${width} class="muted" role="status">${isReading ? t('Evaluating the gates…') : t('No stage has gates.')}</td></tr>`
    }
  </tbody>`;
}

interface GateRow {
  readonly stage: string;
  readonly gate: Gate;
}

/** One for each gate by its name in the log: several may be about the same metric. */
function rowsIn(found: readonly Later<Gates>[]): readonly GateRow[] {
  const rows = found.flatMap((later) =>
    later.state === 'ready'
      ? later.data.stages.flatMap(({ stage, gates }) => gates.map((gate) => ({ stage, gate })))
      : [],
  );
  return [...new Map(rows.map((row) => [JSON.stringify([row.stage, keyOf(row.gate)]), row])).values()];
}

/** The project file and the policy may ask for the same. */
function keyOf({ gate, source }: Gate): string {
  return `${source} ${gate}`;
}

type Look = readonly [symbol: string, word: string, look: string];

const words = (): Readonly<Record<Gate['outcome'] | 'waiting', Look>> => ({
  passed: ['pass', t('passed'), 'better'],
  failed: ['error', t('failed'), 'worse'],
  waiting: ['clock', t('waiting'), 'muted'],
  'not-evaluated': ['circle-slash', t('not evaluated'), 'muted'],
});

function gateCell(later: Later<Gates>, stage: string, row: Gate): TemplateResult {
  if (later.state === 'loading') return html`<span class="muted">…</span>`;
  if (later.state === 'failed') return none();
  const gates = later.data.stages.find((entry) => entry.stage === stage)?.gates ?? [];
  const gate = gates.find((entry) => keyOf(entry) === keyOf(row));
  if (!gate) return none();
  const { isWaiting, outcome, measured, why } = gate;
  const [symbol, word, look] = words()[isWaiting ? 'waiting' : outcome];
  return html`<span class="gate-cell"><span class="change ${look}">${icon(symbol)} ${word}</span> <span class="wrap">${measured}</span>${why === undefined ? nothing : html`<span class="why wrap muted">${coded(why)}</span>`}</span>`;
}
