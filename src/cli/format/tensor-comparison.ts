import { formatChange, parametersText } from '../../base/count.ts';
import { shapeText } from '../../base/shape.ts';
import type { TensorChange, TensorDifference, TensorForm } from '../../modelfiles/tensors/tensor-difference.ts';
import type { TensorComparisonAnswer } from '../../registry/api/facts.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { labelOf, plural } from './values.ts';

const SHOWN = 40;
const SHOWN_GROUPS = 12;

/** What became of the tensors, most changed first; all of them with `withEqual`. */
export function tensorComparisonText(answer: TensorComparisonAnswer, withEqual: boolean): string {
  const { versions, counts, tensors, frozen, problems } = answer;
  const told = withEqual ? tensors : tensors.filter(({ kind }) => kind !== 'identical');
  const shown = withEqual ? told : told.slice(0, SHOWN);
  const rest = told.length - shown.length;
  return [
    `${styled('bold', 'Tensors')}: ${countsText(counts)}`,
    ...(frozen.length > 0
      ? [
          `Unchanged parts: ${frozen.slice(0, SHOWN_GROUPS).map(groupText).join(', ')}${frozen.length > SHOWN_GROUPS ? ` and ${frozen.length - SHOWN_GROUPS} more` : ''}`,
        ]
      : []),
    ...(shown.length > 0 ? [tableText(['', 'TENSOR', 'CHANGE', ...versions.map(labelOf)], shown.map(rowOf))] : []),
    ...(rest > 0 ? [`and ${rest.toLocaleString('en-US')} more, with --all`] : []),
    ...problems.map((problem) => `${styled('yellow', '!')} ${safeLine(problem, 300)}`),
  ].join('\n');
}

function countsText(counts: TensorComparisonAnswer['counts']): string {
  const told = (Object.entries(counts) as [TensorChange, number][]).filter(([, count]) => count > 0);
  return told.map(([kind, count]) => `${count.toLocaleString('en-US')} ${kind}`).join(', ');
}

function groupText({ name, tensors, elements }: TensorComparisonAnswer['frozen'][number]): string {
  return `${safeLine(name, 80)} (${plural(tensors, 'tensor')}, ${parametersText(elements)})`;
}

function rowOf({ name, kind, change, notFinite, before, after }: TensorDifference): readonly string[] {
  const odd = notFinite === undefined ? '' : `, ${notFinite} not finite`;
  return [
    kind === 'identical' ? '=' : styled('yellow', '≠'),
    safeLine(name, 80),
    change === undefined ? kind : `${kind === 'changed' ? '' : `${kind}, `}${formatChange(change)}${odd}`,
    formText(before),
    formText(after),
  ];
}

function formText(form: TensorForm | undefined): string {
  return form === undefined ? 'none' : `${safeLine(form.dtype)} ${shapeText(form.shape)}`;
}
