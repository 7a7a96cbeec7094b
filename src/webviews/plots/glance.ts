import { html, type TemplateResult } from 'lit';
import { shapeKey } from '../model/shapes.ts';
import { cutName } from '../shared/cut-name.ts';
import { withMinus } from '../shared/format.ts';
import type { Plots } from './looked-at.ts';
import { shortName, valueText } from './values.ts';

/** A version in short: its place on each axis. */
export function glanceOf({ data, columns, choices }: Plots, index: number): TemplateResult {
  const version = data.columns.versions[index];
  if (!version) return html``;
  const axes = choices.view === 'scatter' && choices.across ? [choices.across] : choices.axes;
  const shown = [...axes.filter((column) => column !== columns.metric), ...(columns.metric ? [columns.metric] : [])];
  return html`<div class="glance-head">${shapeKey(version.stage)} <b>${shortName(version)}</b> ${version.stage}</div>
    ${shown.map((column) => {
      const text = column.texts ? valueText(column, index) : withMinus(valueText(column, index));
      return text === ''
        ? ''
        : html`<div class="glance-row">${cutName(column.name)} <b class="ellipsis">${cutName(text)}</b></div>`;
    })}`;
}
