import { itemSizeOf } from './numpy-dtype.ts';
import { classOf, integersOf, namedEntries, type Value } from './values.ts';

/** What stands behind the opcode that completes a joblib array: so many bytes of elements, or a pickle of its own. */
export interface ArrayBehind {
  readonly isAligned: boolean;
  readonly elements: number | 'pickle';
}

/** Whether elements of an array follow in the file once this object is complete (joblib's numpy_pickle.py, `NumpyArrayWrapper`). */
export function arrayBehind(value: Value): ArrayBehind | undefined {
  const type = classOf(value);
  if (type === undefined || !/(^|\.)NumpyArrayWrapper$/.test(type.name)) return undefined;
  const attributes = namedEntries(value);
  const dtype = attributes.get('dtype');
  const shape = integersOf(attributes.get('shape'));
  const itemSize = itemSizeOf(dtype);
  if (shape === undefined || itemSize === undefined || shape.some((length) => length < 0)) return undefined;
  const alignment = attributes.get('numpy_array_alignment_bytes');
  return {
    isAligned: alignment !== undefined && alignment !== null,
    elements: itemSize === 'object' ? 'pickle' : shape.reduce((product, length) => product * length, itemSize),
  };
}
