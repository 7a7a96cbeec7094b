import type { Palette } from './palette.ts';

const STEPS = 24;

/** How much of its colour the worst has, in percent. Points stand alone, and have to be seen. */
export const FAINTEST_POINT = 70;

/** Of lines, which lie over each other: few have no others over them from which the faintest must stand back. */
export function faintestLine(lines: number): number {
  return lines <= 100 ? 70 : 55;
}

/** Colours from the worst to the best: stronger, not only another, so that they can be told without colours. */
export function tintSteps({ best, muted }: Pick<Palette, 'best' | 'muted'>, faintest: number): readonly string[] {
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const share = Math.round((step / STEPS) * 100);
    const strength = Math.round(faintest + ((100 - faintest) * share) / 100);
    return `color-mix(in srgb, color-mix(in oklab, ${best} ${share}%, ${muted}) ${strength}%, transparent)`;
  });
}

/**
 * Colours as they are seen on the ground, which don't let it through: of a thousand weak ones over each other a better one would come. By painting,
 * because themes have translucent colours themselves, and no mixing in CSS takes that from them.
 */
export function opaque(colours: readonly string[], ground: string): readonly string[] {
  const pen = new OffscreenCanvas(colours.length, 1).getContext('2d', { willReadFrequently: true });
  if (!pen) return colours;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, colours.length, 1);
  for (const [place, colour] of colours.entries()) {
    pen.fillStyle = colour;
    pen.fillRect(place, 0, 1, 1);
  }
  const { data } = pen.getImageData(0, 0, colours.length, 1);
  return colours.map((_, place) => `rgb(${data.slice(4 * place, 4 * place + 3).join(' ')})`);
}

/** The colour of how good something is, as the legend has it on the ground. */
export function tintsOf(palette: Palette, faintest: number): (goodness: number) => string {
  const tints = opaque(tintSteps(palette, faintest), palette.ground);
  return (goodness) => {
    const step = Number.isNaN(goodness) ? 0 : Math.round(Math.min(Math.max(goodness, 0), 1) * STEPS);
    return tints[step] ?? palette.muted;
  };
}
