import { elementCount } from '../base/shape.ts';
import type { ModelFacts } from './facts.ts';

/** Facts without the table of tensors, which may be long: what is shown first. */
export interface FactsSummary extends Omit<ModelFacts, 'tensors'> {
  /** Of the format, for a person. */
  readonly formatLabel: string;
  /** How many tensors there are; 0 where the format doesn't name any. */
  readonly tensorCount: number;
  /** Elements of each dtype, most first. */
  readonly dtypes: readonly { readonly dtype: string; readonly elements: number }[];
}

export function summariseFacts({ tensors = [], ...facts }: ModelFacts, formatLabel: string): FactsSummary {
  const elements = new Map<string, number>();
  for (const { dtype, shape } of tensors) elements.set(dtype, (elements.get(dtype) ?? 0) + (elementCount(shape) ?? 0));
  const dtypes = [...elements].map(([dtype, count]) => ({ dtype, elements: count }));
  dtypes.sort((a, b) => b.elements - a.elements || (a.dtype < b.dtype ? -1 : 1));
  return { ...facts, formatLabel, tensorCount: tensors.length, dtypes };
}
