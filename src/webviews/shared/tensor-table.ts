import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../../base/language.ts';
import { shapeText } from '../../base/shape.ts';
import { sizeText } from '../../base/size.ts';
import type { TensorColumn, TensorRow } from '../../extension/messages/core-types.ts';
import { cutName, END_OF_TENSOR } from './cut-name.ts';
import { type Column, VirtualTable } from './virtual-table.ts';

/** All tensors of a model. */
export class TensorTable extends VirtualTable<TensorColumn, TensorRow> {
  protected override readonly gridClass = 'tensor-columns';
  protected override readonly firstSort = 'name';
  protected override get columns(): readonly Column<TensorColumn>[] {
    return [
      { id: 'name', label: t('Name'), isNumeric: false },
      { id: 'dtype', label: t('Dtype'), isNumeric: false },
      { id: 'shape', label: t('Shape'), isNumeric: false },
      { id: 'elements', label: t('Elements'), isNumeric: true },
      { id: 'sizeBytes', label: t('Size'), isNumeric: true },
    ];
  }

  protected override cells({ name, dtype, shape, elements, sizeBytes, path }: TensorRow): TemplateResult {
    const place = path === undefined ? name : `${name}\n${t('in {path}', { path })}`;
    return html`<span role="rowheader" class="tensor-cell tensor-name" title=${place}>${cutName(name, { title: place, end: END_OF_TENSOR })}</span>
      <span role="cell" class="tensor-cell">${dtype}</span>
      <span role="cell" class="tensor-cell" title=${shapeText(shape)}>${shapeText(shape)}</span>
      <span role="cell" class="tensor-cell numeric" title=${formatNumber(elements)}>${formatNumber(elements)}</span>
      <span role="cell" class="tensor-cell numeric">${sizeBytes === undefined ? nothing : sizeText(sizeBytes)}</span>`;
  }
}

customElements.define('model-tensor-table', TensorTable);
