import { html, nothing, type TemplateResult } from 'lit';
import { leadOf } from '../../base/card-text.ts';
import { formatNumber, t, tCount, tParts } from '../../base/language.ts';
import { metricDirection } from '../../base/metrics.ts';
import { beginningOf } from '../../base/short-name.ts';
import type { Plot, PlotAxis, PlotBox, PlotPoint, TenureEntry } from '../../extension/messages/core-types.ts';
import type { ModelPageData } from '../../extension/messages/page-data.ts';
import { choiceName } from '../shared/cut-name.ts';
import { formatTime, metricText } from '../shared/format.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { ageOf, emptyState, failedLine, inlineCode, section } from '../shared/parts.ts';
import { directionText } from '../shared/word.ts';
import { scalesOf } from './axes.ts';
import { axisValue, type Choices } from './choices.ts';
import { type Drawing, stageCounts } from './drawing.ts';
import type { ModelPage } from './model-page.ts';
import { plotTable } from './plot-table.ts';
import { selectionPanel } from './selection.ts';
import { shapeKey } from './shapes.ts';
import './version-chart.ts';

/** So many letters of what people wrote stand beside a point. */
const GLANCE_WORDS = 160;

/** The versions as points, what is chosen of them, and the same as a table. */
export function plotSection(data: ModelPageData, choices: Choices, page: ModelPage): TemplateResult {
  const { metric, across } = choices;
  if (metric === undefined) {
    return section(
      { id: 'versions', title: t('Versions') },
      emptyState(
        data.model.versions === 0 ? t('The model has no versions yet.') : t('None of its versions has metrics.'),
        data.model.versions === 0
          ? html`${tParts('Register one with {command}, or declare its outputs in model-registry.yaml.', { command: inlineCode('model-registry register', data.model.name, 'PATH') })}`
          : html`${tParts('Record them with {option} when you register, or with {command}.', { option: inlineCode('--metrics'), command: inlineCode('model-registry evaluate') })}`,
      ),
    );
  }
  return section(
    { id: 'versions', title: t('Versions') },
    html`${toolbar(data, choices, page)} ${body(page.plot({ metric, across, zoom: choices.zoom }), data, choices, page)}`,
  );
}

function toolbar({ model, declared }: ModelPageData, choices: Choices, page: PageContext): TemplateResult {
  const { metric = '', across } = choices;
  const direction = metricDirection(metric, declared);
  const option = (value: string, text: string, selected: string) =>
    html`<option value=${value} .selected=${value === selected}>${text}</option>`;
  const acrossNow = axisValue(across);
  const metrics = model.metricNames.includes(metric) ? model.metricNames : [metric, ...model.metricNames];
  const reset = { zoom: '', selection: '' };
  return html`<div class="toolbar plot-toolbar">
    <label>${t('Metric')} <select aria-label=${t('Metric')} @change=${(event: Event) => page.setUis({ ...reset, metric: chosen(event) })}>${metrics.map((name) => option(name, name, metric))}</select></label>
    <span class="muted">${direction === 'neutral' ? '' : directionText(direction)}</span>
    <label
      >${t('against')}
      <select aria-label=${t('Against')} @change=${(event: Event) => page.setUis({ ...reset, across: chosen(event) })}>
        ${option('number', t('versions in order'), acrossNow)} ${option('time', t('time of registration'), acrossNow)}
        ${group(t('Params'), 'param', model.paramNames, acrossNow)} ${group(t('Metrics'), 'metric', model.metricNames, acrossNow)}
      </select></label
    >
    <label class="plain-check"
      ><input type="checkbox" .checked=${page.ui.table === true} @change=${() => page.setUi('table', page.ui.table !== true)} /> ${t('as a table')}</label
    >
    <button class="link" @click=${() => page.actOnModel('plotVersions')}>${t('All versions as a table, with params…')}</button>
    ${choices.zoom ? html`<button class="link" @click=${() => page.setUis(reset)}>${t('Show all versions')}</button>` : nothing}
  </div>`;
}

function group(
  label: string,
  kind: string,
  names: readonly string[],
  selected: string,
): TemplateResult | typeof nothing {
  if (names.length === 0) return nothing;
  return html`<optgroup label=${label}>
    ${names.map((name) => html`<option value="${kind}:${name}" .selected=${`${kind}:${name}` === selected}>${choiceName(name)}</option>`)}
  </optgroup>`;
}

function chosen(event: Event): string {
  return event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
}

function body(later: Later<Plot>, data: ModelPageData, choices: Choices, page: ModelPage): TemplateResult {
  switch (later.state) {
    case 'loading':
      return html`<p class="muted plot-waiting" role="status">${t('Reading the versions…')}</p>`;
    case 'failed':
      return failedLine(later);
    case 'ready':
      return drawn(later.data, data, choices, page);
  }
}

function drawn(plot: Plot, data: ModelPageData, choices: Choices, page: ModelPage): TemplateResult {
  const { metric = '', across, selection } = choices;
  if (plot.points.length === 0)
    return emptyState(
      'name' in across
        ? t('No version has a value for both {metric} and {across}.', { metric, across: axisText(across) })
        : t('No version has a value for {metric}.', { metric }),
    );
  const drawing = page.drawing({ plot, metric, across, selection, tenures: data.tenures.items });
  const drawn = tCount(
    plot.total,
    '{metric} against {across}, {count} version.',
    '{metric} against {across}, {count} versions.',
    {
      metric,
      across: axisText(across),
    },
  );
  const label = `${drawn} ${t('Arrow keys move between versions, with Shift they select, Enter opens one, Escape ends a selection.')}`;
  return html`<version-chart
      .drawing=${drawing}
      .label=${label}
      .glance=${(point: PlotPoint) => glance(point, drawing, page)}
      .moved=${moved}
      .chosen=${(box: PlotBox | undefined) => page.setUis({ selection: box ? JSON.stringify(box) : '' })}
      .opened=${(number: number) => page.openNumber(number)}
    ></version-chart>
    ${legend(plot, drawing, choices)} ${selectionPanel(choices, page)}
    ${page.ui.table === true ? plotTable(drawing, data, choices, page) : nothing}`;
}

/** What an axis is called in a sentence. */
function axisText(across: PlotAxis): string {
  if (across.kind === 'number') return t('versions in order');
  return across.kind === 'time'
    ? t('the time of registration')
    : across.kind === 'param'
      ? t('param {name}', { name: across.name })
      : t('metric {name}', { name: across.name });
}

function legend(plot: Plot, drawing: Drawing, { zoom }: Choices): TemplateResult {
  const { across, upright } = scalesOf(drawing);
  const isLog = { across: across.span?.isLog === true, upright: upright.span?.isLog === true };
  const notes = [
    plot.points.length < plot.total
      ? t('{drawn} of {all} versions are drawn; drag over a part and zoom in for more', {
          drawn: formatNumber(plot.points.length),
          all: formatNumber(plot.total),
        })
      : '',
    plot.without === 0
      ? ''
      : tCount(plot.without, '{count} version without a value', '{count} versions without a value'),
    zoom || plot.points.length < plot.total ? '' : servesWithout(drawing),
    isLog.across || isLog.upright
      ? isLog.across && isLog.upright
        ? t('logarithmic axes')
        : isLog.across
          ? t('logarithmic lower axis')
          : t('logarithmic upright axis')
      : '',
  ].filter((note) => note !== '');
  return html`<div class="plot-legend">
    ${stageCounts(plot).map(({ stage, count }) => html`<span>${shapeKey(stage)} ${stage} <span class="count">${formatNumber(count)}</span></span>`)}
    ${
      drawing.bands.length === 0
        ? nothing
        : html`<span class="band-key"><span class="band-swatch" aria-hidden="true"></span> ${t('in production, with its value: ▲ promoted, ↩ or dashed: brought back')}</span>`
    }
    ${notes.map((note) => html`<span class="muted">${note}</span>`)}
  </div>`;
}

/** A line of what is in production that isn't there could be taken for one that is somewhere else. */
function servesWithout({ bands, plot: { points } }: Drawing): string {
  const serving = bands.at(-1);
  if (!serving || serving.to !== Number.POSITIVE_INFINITY) return '';
  const { number } = serving.tenure;
  return points.some((point) => point[2] === number)
    ? ''
    : t('@{number}, which is in production, has no value', { number });
}

/** What is known of a point at once; who and when comes a moment later. */
function glance(
  [across, upright, number, stage]: PlotPoint,
  { plot, metric, across: axis, bands }: Drawing,
  page: ModelPage,
): TemplateResult {
  const { version } = page.glance(number);
  const held = bands.filter(({ tenure }) => tenure.number === number);
  return html`<div class="glance-head">${shapeKey(plot.stages[stage] ?? '')} <b>@${number}</b> ${plot.stages[stage] ?? ''}</div>
    <div>${metric} <b>${metricText(upright)}</b></div>
    ${'name' in axis ? html`<div>${axis.name} <b>${plot.texts ? (plot.texts[across] ?? '') : metricText(across)}</b></div>` : nothing}
    ${axis.kind === 'time' ? html`<div>${formatTime(new Date(across).toISOString())}</div>` : nothing}
    ${version ? html`<div class="muted">${tParts('registered {age} by {name}', { age: ageOf(version.claimedAt ?? version.createdAt), name: version.createdBy.name })}</div>` : nothing}
    ${
      version?.aliases.length
        ? html`<div>${version.aliases
            .slice(0, 5)
            .map((alias) => `@${alias}`)
            .join(' ')}</div>`
        : nothing
    }
    ${version?.description ? html`<div class="glance-words muted">${beginningOf(leadOf(version.description), GLANCE_WORDS)}</div>` : nothing}
    ${held.slice(-2).map(({ tenure }) => html`<div>${tenureText(tenure)}</div>`)}`;
}

/** Who brought a version into the stage, when and why. */
function moved(tenure: TenureEntry): TemplateResult {
  return html`<div class="glance-head"><b>@${tenure.number}</b></div>
    <div>${tenureText(tenure)}</div>
    ${tenure.reason === '' ? nothing : html`<div class="glance-words muted">${beginningOf(tenure.reason, GLANCE_WORDS)}</div>`}`;
}

function tenureText({ kind, since, until, by }: TenureEntry): string {
  const how = kind === 'rollback' ? t('Rolled back to') : t('Promoted');
  const begun = t('{how} {moment} by {name}', { how, moment: formatTime(since), name: by.name });
  return until === undefined ? begun : `${begun}, ${t('until {moment}', { moment: formatTime(until) })}`;
}
