/** How many elements a tensor of this shape has; an empty shape is a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `1024×768`, `batch×3`, and `scalar`; a dimension that isn't fixed is `?`. */
export function shapeText(shape: readonly (number | string | null)[]): string {
  return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join('×');
}
