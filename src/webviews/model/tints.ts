import type { Palette } from './palette.ts';

const STEPS = 24;

/**
 * Colours from the worst to the best: stronger, not only another, so that they can be told without colours. The worst have `faintest` percent of
 * their colour: points stand alone, and have to be seen; lines lie over each other.
 */
export function tintsOf(palette: Palette, faintest: number): (goodness: number) => string {
  const tints = Array.from({ length: STEPS + 1 }, (_, step) => {
    const share = Math.round((step / STEPS) * 100);
    const opaque = Math.round(faintest + ((100 - faintest) * share) / 100);
    return `color-mix(in srgb, color-mix(in oklab, ${palette.best} ${share}%, ${palette.muted}) ${opaque}%, transparent)`;
  });
  return (goodness) => {
    const step = Number.isNaN(goodness) ? 0 : Math.round(Math.min(Math.max(goodness, 0), 1) * STEPS);
    return tints[step] ?? palette.muted;
  };
}
