import { html, svg, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { TenureEntry } from '../../extension/messages/core-types.ts';
import { formatTime } from '../shared/format.ts';
import type { Choices } from './choices.ts';
import type { ModelPage } from './model-page.ts';

const WIDTH = 1000;
const HEIGHT = 34;

/** The times in a stage side by side, as long as they lasted. A click asks for its moment; the list below says the same. */
export function timeStrip(tenures: readonly TenureEntry[], choices: Choices, page: ModelPage): TemplateResult {
  const start = Date.parse(tenures.at(-1)?.since ?? '');
  const end = Math.max(Date.now(), start + 1);
  const place = (time: number) => ((time - start) / (end - start)) * WIDTH;
  const chosen = new Date(choices.moment).getTime();
  const ask = (event: MouseEvent) => {
    const { currentTarget } = event;
    if (!(currentTarget instanceof Element)) return;
    const { left, width } = currentTarget.getBoundingClientRect();
    page.setUi('moment', fieldValue(start + ((event.clientX - left) / width) * (end - start)));
  };
  return html`<div class="time-strip" aria-hidden="true">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" @click=${ask}>
      ${tenures.map(({ since, until, number, kind }, index) => {
        const from = place(Date.parse(since));
        const to = until === undefined ? WIDTH : place(Date.parse(until));
        return svg`<rect class="strip-part ${(tenures.length - index) % 2 === 0 ? 'even' : 'odd'} ${kind === 'rollback' ? 'rollback' : ''}" x=${from.toFixed(1)} y="0" width=${Math.max(1, to - from).toFixed(1)} height=${HEIGHT}>
          <title>${t('@{number}, from {since} to {until}', { number, since: formatTime(since), until: until === undefined ? t('now') : formatTime(until) })}</title></rect>`;
      })}
      ${Number.isNaN(chosen) || chosen < start || chosen > end ? '' : svg`<line class="strip-moment" x1=${place(chosen)} x2=${place(chosen)} y1="0" y2=${HEIGHT}></line>`}
    </svg>
    <div class="strip-labels">
      ${tenures.map(({ since, until, number }) => {
        const from = place(Date.parse(since));
        const to = until === undefined ? WIDTH : place(Date.parse(until));
        const label = `@${number}`;
        return html`<span .style=${`left: ${from / 10}%; width: ${(to - from) / 10}%`}><b class="strip-label-${roomFor(label)}">${label}</b></span>`;
      })}
    </div>
    <div class="strip-ends"><span>${formatTime(new Date(start).toISOString())}</span><span>${t('now')}</span></div>
  </div>`;
}

/** A label that has no room beside its neighbours isn't there: half of one could be read as another number. */
function roomFor(label: string): 'short' | 'long' | 'longest' {
  if (label.length <= 3) return 'short';
  return label.length <= 5 ? 'long' : 'longest';
}

/** As a field for local times has it. */
function fieldValue(timeMs: number): string {
  const time = new Date(timeMs);
  const local = new Date(timeMs - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
