export const TENSOR_CHANGES = ['changed', 'retyped', 'reshaped', 'added', 'removed', 'unknown', 'identical'] as const;
/**
 * What became of a tensor: `retyped` with the same shape, `reshaped` with another one and perhaps another dtype, `unknown` where its bytes
 * couldn't be compared.
 */
export type TensorChange = (typeof TENSOR_CHANGES)[number];

export interface TensorDifference {
  readonly name: string;
  readonly kind: TensorChange;
  readonly before?: TensorForm;
  readonly after?: TensorForm;
  /** ‖after − before‖ / ‖before‖ over all elements that are finite in both; `Infinity` where all were zero. */
  readonly change?: number | 'Infinity';
  /** Elements that are infinite or no numbers in one of the two. */
  readonly notFinite?: number;
}

export interface TensorForm {
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface TensorComparison {
  /** Most changed first, then the other kinds in the order of `TENSOR_CHANGES`, by name. */
  readonly tensors: readonly TensorDifference[];
  readonly counts: Readonly<Record<TensorChange, number>>;
  /** Parts of the model that stayed as they were, where others changed. */
  readonly frozen: readonly FrozenGroup[];
  /** What couldn't be compared, in sentences. */
  readonly problems: readonly string[];
}

/** A part of a model of which no tensor changed. */
export interface FrozenGroup {
  /** What the names of its tensors begin with; neighbours in a row are one group: `encoder.layer.{0–9}`. */
  readonly name: string;
  readonly tensors: number;
  readonly elements: number;
}
