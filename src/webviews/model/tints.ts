import type { Palette } from './palette.ts';

const STEPS = 24;

/** How much of its colour the worst has, in percent. Points stand alone, and have to be seen. */
export const FAINTEST_POINT = 70;

/** Of lines, which lie over each other: few have no others over them from which the faintest must stand back. */
export function faintestLine(lines: number): number {
  return lines <= 100 ? 65 : 30;
}

/** Colours from the worst to the best: stronger, not only another, so that they can be told without colours. */
export function tintSteps({ best, muted }: Pick<Palette, 'best' | 'muted'>, faintest: number): readonly string[] {
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const share = Math.round((step / STEPS) * 100);
    const opaque = Math.round(faintest + ((100 - faintest) * share) / 100);
    return `color-mix(in srgb, color-mix(in oklab, ${best} ${share}%, ${muted}) ${opaque}%, transparent)`;
  });
}

/** The colour of how good something is. */
export function tintsOf(palette: Palette, faintest: number): (goodness: number) => string {
  const tints = tintSteps(palette, faintest);
  return (goodness) => {
    const step = Number.isNaN(goodness) ? 0 : Math.round(Math.min(Math.max(goodness, 0), 1) * STEPS);
    return tints[step] ?? palette.muted;
  };
}
