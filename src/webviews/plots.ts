import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tCount, tParts } from '../base/language.ts';
import { metricDirection } from '../base/metrics.ts';
import { beginningOf } from '../base/short-name.ts';
import type { PlotsPageData } from '../extension/messages/page-data.ts';
import { goodness, type PlotColumns, plotColumns } from './plots/axes.ts';
import { filtersText, type PlotChoices, passing, plotChoices } from './plots/choices.ts';
import { filterList } from './plots/filters.ts';
import { glanceOf } from './plots/glance.ts';
import { legend } from './plots/legend.ts';
import type { Plots } from './plots/looked-at.ts';
import './plots/parallel-plot.ts';
import { scatter } from './plots/scatter.ts';
import { versionsTable } from './plots/versions-table.ts';
import { choiceName, cutName } from './shared/cut-name.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { emptyState, icon, section } from './shared/parts.ts';

let known:
  | { readonly data: PlotsPageData; readonly metric: string | undefined; readonly columns: PlotColumns }
  | undefined;

/** Computed once for the same data: thousands of values by dozens of columns. */
function columnsOf(data: PlotsPageData, metric: string | undefined): PlotColumns {
  if (known?.data !== data || known.metric !== metric) known = { data, metric, columns: plotColumns(data, metric) };
  return known.columns;
}

/** Many versions at once: params against metrics, as lines through parallel axes or as points. */
function plotsView(data: PlotsPageData, page: PageContext): TemplateResult {
  const { versions } = data.columns;
  const metric = typeof page.ui.metric === 'string' ? page.ui.metric : data.metric;
  const columns = columnsOf(data, metric);
  const choices = plotChoices(page.ui, columns);
  const good = goodness(columns.metric, data.declared, versions.length);
  const isPassing = passing(columns, choices.filters, versions.length);
  const rank = (index: number) => (Number.isNaN(good[index]) ? -1 : (good[index] ?? -1));
  const order = versions.map((_, index) => index).sort((a, b) => rank(a) - rank(b));
  const plots: Plots = { data, columns, choices, goodness: good, isPassing, order };
  return html`${header(plots, page)} ${versions.length === 0 ? noVersions(data) : content(plots, page)}`;
}

function noVersions({ query }: PlotsPageData): TemplateResult {
  return emptyState(query === undefined ? t('There are no versions.') : t('No version fits “{query}”.', { query }));
}

function header({ data, isPassing }: Plots, page: PageContext): TemplateResult {
  const { columns, query, isList } = data;
  const { versions, total } = columns;
  const shown = isPassing.filter(Boolean).length;
  const facts = [
    total > versions.length
      ? t('The newest {shown} of {total} versions', {
          shown: formatNumber(versions.length),
          total: formatNumber(total),
        })
      : versions.length === 0
        ? ''
        : isList
          ? tCount(versions.length, '{count} version selected', '{count} versions selected')
          : tCount(versions.length, '{count} version', '{count} versions'),
    query === undefined || versions.length === 0 ? '' : t('found by a search for “{query}”', { query }),
    shown < versions.length ? t('{shown} pass the filters', { shown: formatNumber(shown) }) : '',
  ].filter((fact) => fact !== '');
  return html`<header class="page-title">
    <h1><span class="name named-words">${tParts('Plots of {model}', { model: html`<button class="link ellipsis" title=${columns.model} @click=${() => page.openModel(columns.modelId)}>${cutName(columns.model)}</button>` })}</span></h1>
    <div class="facts" role="status">${facts.map((fact) => html`<span class="wrap">${fact}</span>`)}</div>
  </header>`;
}

function content(plots: Plots, page: PageContext): TemplateResult {
  const { columns, data } = plots;
  if (!columns.metric && columns.telling.length === 0)
    return emptyState(
      t('Nothing differs between these versions that could be drawn: they have no metrics, and the same params.'),
    );
  if (columns.telling.length === 0)
    return html`${onlyMetric(plots, page)} ${versionsTable(plots, page)} ${sameParams(data)}`;
  return html`${section({ id: 'plot', title: t('Params and metrics') }, html`${toolbar(plots, page)} ${picture(plots, page)} ${legend(plots)}`)}
    ${section({ id: 'filters', title: t('Axes and filters') }, filterList(plots, page))}
    ${versionsTable(plots, page)} ${sameParams(data)}`;
}

/** One axis is no picture: over the versions the model's own page draws it. */
function onlyMetric({ columns, data }: Plots, page: PageContext): TemplateResult {
  const metric = columns.metric?.name ?? '';
  const text =
    data.columns.versions.length === 1
      ? t('One version alone differs from nothing.')
      : t('Only {metric} differs between these versions: there is no param to draw it against.', { metric });
  const model = html`<button class="link" @click=${() => page.openModel(data.columns.modelId)}>${data.columns.model}</button>`;
  return emptyState(text, html`${tParts('The page of {model} shows its versions in order.', { model })}`);
}

function toolbar({ data, columns, choices }: Plots, page: PageContext): TemplateResult {
  const metrics = columns.all.filter(({ kind }) => kind === 'metric');
  const direction = columns.metric ? metricDirection(columns.metric.name, data.declared) : 'neutral';
  const view = (name: PlotChoices['view'], label: string) =>
    html`<button class="view" aria-pressed=${String(choices.view === name)} @click=${() => page.setUi('view', name)}>${label}</button>`;
  return html`<div class="toolbar plot-toolbar">
    <span class="views" role="group" aria-label=${t('Picture')}>${view('parallel', t('Parallel axes'))}${view('scatter', t('Scatter'))}</span>
    <label
      >${t('Metric')}
      <select aria-label=${t('Metric')} @change=${(event: Event) => page.setUi('metric', chosen(event))}>
        ${metrics.map(({ name }) => html`<option value=${name} .selected=${name === columns.metric?.name}>${choiceName(name)}</option>`)}
      </select></label
    >
    ${direction === 'neutral' ? nothing : html`<span class="muted">${direction === 'higher' ? t('higher is better') : t('lower is better')}</span>`}
    ${
      choices.view === 'parallel'
        ? nothing
        : html`<label
            >${t('against')}
            <select aria-label=${t('Against')} @change=${(event: Event) => page.setUi('across', chosen(event))}>
              ${columns.all
                .filter((column) => column !== columns.metric)
                .map(
                  ({ key, name }) =>
                    html`<option value=${key} .selected=${key === choices.across?.key}>${choiceName(name)}</option>`,
                )}
            </select></label
          >`
    }
    ${choices.filters.size === 0 ? nothing : html`<button class="link" @click=${() => page.setUi('filters', '')}>${icon('clear-all')}${t('Clear all filters')}</button>`}
  </div>`;
}

function picture(plots: Plots, page: PageContext): TemplateResult {
  const { choices, columns, data, isPassing, order } = plots;
  const { versions } = data.columns;
  if (choices.view === 'scatter') return scatter(plots, page);
  const picked = new Set(choices.picked.map((id) => versions.findIndex((version) => version.id === id)));
  return html`<parallel-plot
    .drawing=${{ axes: choices.axes, order, isPassing, goodness: plots.goodness, filters: choices.filters, picked }}
    .label=${t('Versions as lines through {count} axes, coloured by {metric}. Arrow keys go from the best version to the next, Enter opens one, Space takes it to be compared.', { count: choices.axes.length, metric: columns.metric?.name ?? '' })}
    .glance=${(index: number) => glanceOf(plots, index)}
    .filtered=${(column: { readonly key: string }, filter: Parameters<typeof filtersText>[2]) => page.setUi('filters', filtersText(choices.filters, column.key, filter))}
    .opened=${(index: number) => page.openVersion(versions[index]?.id ?? '')}
    .taken=${(index: number) => toggle(versions[index]?.id ?? '', choices, page)}
  ></parallel-plot>`;
}

function toggle(id: string, { picked }: PlotChoices, page: PageContext): void {
  const next = picked.includes(id) ? picked.filter((entry) => entry !== id) : [...picked, id].slice(0, 8);
  page.setUi('picked', JSON.stringify(next));
}

function sameParams({ columns }: PlotsPageData): TemplateResult | typeof nothing {
  const { same, omitted } = columns;
  if (same.length === 0 && omitted === 0) return nothing;
  return html`<p class="muted aside">
    ${same.length === 0 ? nothing : html`${icon('check')}&nbsp;${t('The same in all:')} ${same.slice(0, 30).map(({ name, text }, index) => html`${index > 0 ? ', ' : ''}<span class="wrap">${name}=${beginningOf(text, 60)}</span>`)}${same.length > 30 ? ' …' : ''}`}
    ${omitted === 0 ? nothing : html`<span>${tCount(omitted, '{count} name that few versions have is left out.', '{count} names that few versions have are left out.')}</span>`}
  </p>`;
}

function chosen(event: Event): string {
  return event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
}

runPage<'plots'>(plotsView);
