const UNITS: Readonly<Record<string, number>> = { '': 1, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, min: 60_000 };

/** The milliseconds that a person means by `40 ms`, `1.5s` or `250`; undefined for anything else. */
export function parseMs(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
