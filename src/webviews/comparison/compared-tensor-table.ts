import { html, nothing, type TemplateResult } from 'lit';
import { formatChange } from '../../base/count.ts';
import { t, tCount } from '../../base/language.ts';
import { shapeText } from '../../base/shape.ts';
import type { ComparedColumn, TensorDifference } from '../../extension/messages/core-types.ts';
import { cutName, END_OF_TENSOR } from '../shared/cut-name.ts';
import { none } from '../shared/parts.ts';
import { type Column, VirtualTable } from '../shared/virtual-table.ts';
import { word } from '../shared/word.ts';

/** What became of each tensor, most changed first. */
export class ComparedTensorTable extends VirtualTable<ComparedColumn, TensorDifference> {
  protected override readonly gridClass = 'compared-columns';
  protected override readonly firstSort = 'change';
  protected override get columns(): readonly Column<ComparedColumn>[] {
    return [
      { id: 'name', label: t('Name'), isNumeric: false },
      { id: 'kind', label: t('What'), isNumeric: false },
      { id: 'change', label: t('Change'), isNumeric: true },
      { id: 'before', label: t('Before'), isNumeric: false },
      { id: 'after', label: t('After'), isNumeric: false },
    ];
  }

  /** Signs are explained where there are any; by the order at first, they come first. */
  protected override note(rows: readonly TensorDifference[]): TemplateResult {
    const notes = [
      t('Change is ‖after − before‖ / ‖before‖ over all elements.'),
      ...(rows.some(({ change }) => change === 'Infinity') ? [t('“From zero”: all elements were zero before.')] : []),
      ...(rows.some(({ notFinite }) => notFinite !== undefined)
        ? [t('*: elements that aren’t finite are left out.')]
        : []),
    ];
    return html`<p class="muted">${notes.join(' ')}</p>`;
  }

  protected override cells({ name, kind, change, notFinite, before, after }: TensorDifference): TemplateResult {
    const odd =
      notFinite === undefined
        ? ''
        : tCount(notFinite, '{count} element isn’t finite', '{count} elements aren’t finite');
    return html`<span role="rowheader" class="tensor-cell tensor-name" title=${name}>${cutName(name, { end: END_OF_TENSOR })}</span>
      <span role="cell" class="tensor-cell kind-${kind}">${word(kind)}</span>
      <span role="cell" class="tensor-cell numeric" title="${change === undefined ? '' : String(change)} ${odd}"
        >${kind === 'identical' ? nothing : formatChange(change)}${odd === '' ? nothing : ' *'}</span
      >
      ${formCell(before)}${formCell(after)}`;
  }
}

function formCell(form: TensorDifference['before']): TemplateResult {
  if (form === undefined) return html`<span role="cell" class="tensor-cell">${none()}</span>`;
  const text = `${form.dtype} ${shapeText(form.shape)}`;
  return html`<span role="cell" class="tensor-cell" title=${text}>${text}</span>`;
}

customElements.define('compared-tensor-table', ComparedTensorTable);
