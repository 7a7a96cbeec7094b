import type uPlot from 'uplot';
import type { Scales } from './axes.ts';
import type { Band, Drawing } from './drawing.ts';
import type { Palette } from './palette.ts';
import { colourOf, paintShape, shapeOf } from './shapes.ts';
import { FAINTEST_POINT, tintsOf } from './tints.ts';

/** Where a band is on the canvas; undefined where it is outside of what is shown. */
function sidesOf(u: uPlot, { from, to }: Band): readonly [left: number, right: number] | undefined {
  const { left, width } = u.bbox;
  const place = (value: number) => (value === Number.POSITIVE_INFINITY ? left + width : u.valToPos(value, 'x', true));
  const [start, end] = [Math.max(left, place(from)), Math.min(left + width, place(to))];
  return end > start ? [start, end] : undefined;
}

/** Under the grid: the times in which a version held the stage, every other one darker, each beginning with a line. */
export function paintBands(u: uPlot, { bands }: Drawing, palette: Palette): void {
  const { ctx: canvas, bbox } = u;
  const ratio = devicePixelRatio;
  canvas.save();
  for (const [index, band] of bands.entries()) {
    const sides = sidesOf(u, band);
    if (!sides) continue;
    const [start, end] = sides;
    canvas.globalAlpha = index % 2 === 0 ? 0.08 : 0.16;
    canvas.fillStyle = palette.production;
    canvas.fillRect(start, bbox.top, end - start, bbox.height);
    canvas.globalAlpha = 1;
    canvas.strokeStyle = palette.production;
    canvas.lineWidth = ratio;
    // What came back by a rollback begins with a broken line.
    canvas.setLineDash(band.tenure.kind === 'rollback' ? [4 * ratio, 3 * ratio] : []);
    canvas.beginPath();
    canvas.moveTo(start, bbox.top);
    canvas.lineTo(start, bbox.top + bbox.height);
    canvas.stroke();
  }
  canvas.restore();
}

/** Above each band that has room for it: which version it was, with a mark for how it came there. The newest has its own always. */
export function paintBandLabels(u: uPlot, { bands }: Drawing, palette: Palette): void {
  const { ctx: canvas, bbox } = u;
  const ratio = devicePixelRatio;
  canvas.save();
  canvas.font = scaledFont(palette.font, ratio);
  canvas.textBaseline = 'bottom';
  canvas.textAlign = 'left';
  canvas.fillStyle = palette.production;
  const edge = canvas.canvas.width - 2 * ratio;
  let free = edge;
  for (const band of bands.toReversed()) {
    const sides = sidesOf(u, band);
    if (!sides) continue;
    const label = `${band.tenure.kind === 'rollback' ? '↩' : '▲'} @${band.tenure.number}`;
    const width = canvas.measureText(label).width;
    const isNow = band.to === Number.POSITIVE_INFINITY;
    // What came last may have no room behind its line: it isn't cut.
    const left = isNow ? Math.min(sides[0] + 4 * ratio, edge - width) : sides[0] + 4 * ratio;
    if (left + width > (isNow ? free : Math.min(free, sides[1]))) continue;
    canvas.fillText(label, left, bbox.top - 3 * ratio);
    free = left - 6 * ratio;
  }
  canvas.restore();
}

/** What the version in the stage measured, as long as it was there. */
export function paintServing(u: uPlot, { bands, plot }: Drawing, { upright: scale }: Scales, palette: Palette): void {
  const { ctx: canvas, bbox } = u;
  const values = new Map(plot.points.map(([, upright, number]) => [number, upright]));
  canvas.save();
  canvas.beginPath();
  canvas.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  canvas.clip();
  canvas.strokeStyle = palette.production;
  canvas.lineWidth = 2 * devicePixelRatio;
  canvas.beginPath();
  for (const band of bands) {
    const sides = sidesOf(u, band);
    const value = values.get(band.tenure.number);
    if (!sides || value === undefined) continue;
    const y = u.valToPos(scale.placeOf(value), 'y', true);
    canvas.moveTo(sides[0], y);
    canvas.lineTo(sides[1], y);
  }
  canvas.stroke();
  canvas.restore();
}

/** The versions, those that serve over the others. */
export function paintPoints(u: uPlot, { plot, goodness }: Drawing, scales: Scales, palette: Palette): void {
  const tint = goodness && tintsOf(palette, FAINTEST_POINT);
  const { ctx: canvas, bbox } = u;
  const ratio = devicePixelRatio;
  const radius = (plot.points.length > 400 ? 2.2 : 3.6) * ratio;
  const order = ['ring', 'cross', 'square', 'triangle', 'diamond'];
  const stages = [...plot.stages.entries()].sort(
    ([, a], [, b]) => order.indexOf(shapeOf(a)) - order.indexOf(shapeOf(b)),
  );
  canvas.save();
  canvas.beginPath();
  canvas.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  canvas.clip();
  for (const [place, name] of stages) {
    const shape = shapeOf(name);
    const colour = colourOf(name, palette);
    const size = shape === 'diamond' || shape === 'triangle' ? Math.max(radius, 3.6 * ratio) : radius;
    for (const [index, [across, upright, , stage]] of plot.points.entries()) {
      if (stage !== place) continue;
      const x = u.valToPos(scales.across.placeOf(across), 'x', true);
      const y = u.valToPos(scales.upright.placeOf(upright), 'y', true);
      paintShape(canvas, { shape, x, y, radius: size, colour: tint ? tint(goodness[index] ?? Number.NaN) : colour });
    }
  }
  canvas.restore();
}

/** Fonts of a canvas are as large as its own pixels. */
function scaledFont(font: string, ratio: number): string {
  return font.replace(/[\d.]+px/, (size) => `${Number.parseFloat(size) * ratio * 0.92}px`);
}
