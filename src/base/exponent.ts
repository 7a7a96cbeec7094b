/** `3.2e-7`, `1e308`: with at most so many decimals before its exponent, and no sign that tells nothing. */
export function exponentText(value: number, decimals: number): string {
  const rounded = value.toExponential(decimals).replace(/\.?0+e/, 'e');
  // The smallest numbers have fewer digits than are asked for: 5e-324 isn't 4.941e-324 to anybody.
  const exact = value.toExponential();
  return withoutPlus(exact.length < rounded.length ? exact : rounded);
}

/** Every digit that a number has, as it is typed; what is no number as it is. */
export function exactText(value: number | string): string {
  return typeof value === 'number' ? withoutPlus(String(value)) : value;
}

/** A sentence of the core with its numbers as tiles and tables write them: `−1e308`. For eyes, not for programs. */
export function withShownNumbers(sentence: string): string {
  return sentence.replace(/(?<=\de)\+(?=\d)/g, '').replace(/(?<=^|[\s([])-(?=[\d.]|Infinity)/g, '−');
}

function withoutPlus(text: string): string {
  return text.replace('e+', 'e');
}
