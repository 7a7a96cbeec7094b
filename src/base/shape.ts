/** How many elements a tensor of this shape has, 1 for a scalar; undefined where that is no number that can be counted to. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}

/** `1024×768`, `batch×3`, and `scalar`; a dimension that isn't fixed is `?`. */
export function shapeText(shape: readonly (number | string | null)[]): string {
  return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join('×');
}
