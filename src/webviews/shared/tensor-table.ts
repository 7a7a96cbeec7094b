import { html, nothing, type TemplateResult } from 'lit';
import { shapeText } from '../../base/shape.ts';
import type { TensorColumn, TensorRow } from '../../extension/messages.ts';
import { formatBytes } from './format.ts';
import { type Column, VirtualTable } from './virtual-table.ts';

/** All tensors of a model. */
export class TensorTable extends VirtualTable<TensorColumn, TensorRow> {
  protected override readonly gridClass = 'tensor-columns';
  protected override readonly firstSort = 'name';
  protected override readonly columns: readonly Column<TensorColumn>[] = [
    { id: 'name', label: 'Name', isNumeric: false },
    { id: 'dtype', label: 'Dtype', isNumeric: false },
    { id: 'shape', label: 'Shape', isNumeric: false },
    { id: 'elements', label: 'Elements', isNumeric: true },
    { id: 'sizeBytes', label: 'Size', isNumeric: true },
  ];

  protected override cells({ name, dtype, shape, elements, sizeBytes, path }: TensorRow): TemplateResult {
    const place = path === undefined ? name : `${name}\nin ${path}`;
    return html`<span role="rowheader" class="tensor-cell tensor-name" title=${place}>${name}</span>
      <span role="cell" class="tensor-cell">${dtype}</span>
      <span role="cell" class="tensor-cell" title=${shapeText(shape)}>${shapeText(shape)}</span>
      <span role="cell" class="tensor-cell numeric">${elements.toLocaleString('en-US')}</span>
      <span role="cell" class="tensor-cell numeric">${sizeBytes === undefined ? nothing : formatBytes(sizeBytes)}</span>`;
  }
}

customElements.define('model-tensor-table', TensorTable);
