import type uPlot from 'uplot';
import { isLogarithmic } from '../../base/axis-scale.ts';
import { formatNumber } from '../../base/language.ts';
import { formatMetric } from '../../base/metrics.ts';
import { formatTime } from '../shared/format.ts';
import { axisTexts } from './axis-texts.ts';
import type { Drawing } from './drawing.ts';
import type { Palette } from './palette.ts';

/** Steps between versions and between the places of texts are whole. */
const WHOLE_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
];

const MOST_DECIMALS = 6;

function extent(values: readonly number[]): readonly [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [least, greatest];
}

/** Which of the axes are logarithmic. */
export function logarithmicAxes({ plot, across }: Pick<Drawing, 'plot' | 'across'>): {
  readonly across: boolean;
  readonly upright: boolean;
} {
  const isMeasured = 'name' in across && plot.texts === undefined;
  return {
    across: isMeasured && isLogarithmic(...extent(plot.points.map(([x]) => x))),
    upright: isLogarithmic(...extent(plot.points.map(([, y]) => y))),
  };
}

/** A little room around what is there, so that no point lies on the edge. */
function padded(least: number, greatest: number, isLog: boolean): [number, number] {
  if (isLog) return [least / 1.3, greatest * 1.3];
  const room = greatest > least ? (greatest - least) * 0.06 : Math.abs(greatest) * 0.05 || 1;
  return [least - room, greatest + room];
}

/** The same for versions in order and for texts: the newest has some room for what came after it. */
function wholePadded(least: number, greatest: number): [number, number] {
  const room = (greatest - least) * 0.015;
  return [least - 0.6 - room, greatest + 0.9 + room];
}

export function scalesOf(drawing: Drawing): uPlot.Scales {
  const { plot, across } = drawing;
  const isLog = logarithmicAxes(drawing);
  const xs = extent(plot.points.map(([x]) => x));
  const ys = extent(plot.points.map(([, y]) => y));
  const sides: [number, number] =
    across.kind === 'number' || plot.texts ? wholePadded(xs[0], xs[1]) : padded(xs[0], xs[1], isLog.across);
  return {
    x: { time: across.kind === 'time', distr: isLog.across ? 3 : 1, range: sides },
    y: { distr: isLog.upright ? 3 : 1, range: padded(ys[0], ys[1], isLog.upright) },
  };
}

export function axesOf(drawing: Drawing, palette: Palette): uPlot.Axis[] {
  const { plot, across } = drawing;
  const texts = plot.texts && axisTexts(plot.texts);
  const isLog = logarithmicAxes(drawing);
  const look = {
    stroke: palette.muted,
    font: palette.font,
    // In high contrast, lines are as bright as what they are behind of.
    grid: { stroke: `color-mix(in srgb, ${palette.line} 45%, transparent)`, width: 1 },
    ticks: { stroke: palette.line, width: 1, size: 4 },
  };
  const whole = { incrs: WHOLE_STEPS };
  const below: uPlot.Axis = {
    ...look,
    size: 34,
    ...(across.kind === 'number' || texts ? whole : {}),
    ...(across.kind === 'time' ? { values: (u, splits) => splits.map((value) => timeText(u, value)), space: 110 } : {}),
    ...(across.kind === 'number'
      ? { values: (_u, splits) => splits.map((value) => (value < 1 ? '' : `@${value}`)) }
      : {}),
    ...(texts ? { values: (_u, splits) => splits.map((value) => texts[value] ?? ''), space: 90 } : {}),
    ...('name' in across && !texts ? { values: isLog.across ? numberTexts : evenTexts, space: 70 } : {}),
  };
  // All of them are named: else the library names powers of ten alone.
  const named = { splits: powersOfTen, filter: (_u: uPlot, splits: number[]) => splits };
  return [
    isLog.across ? { ...below, ...named } : below,
    { ...look, values: isLog.upright ? numberTexts : evenTexts, size: sizeOfNumbers, ...(isLog.upright ? named : {}) },
  ];
}

function numberTexts(_u: uPlot, splits: readonly number[]): string[] {
  return splits.map(axisNumber);
}

/** With the same decimals all along: 0.91, 0.90, 0.89. */
function evenTexts(_u: uPlot, splits: readonly number[]): string[] {
  const texts = splits.map(axisNumber);
  const decimals = Math.max(0, ...splits.map(decimalsOf));
  if (decimals > MOST_DECIMALS || texts.some((text) => text.includes('e'))) return texts;
  return splits.map((value) =>
    formatNumber(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  );
}

function decimalsOf(value: number): number {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals += 1)
    if (Math.abs(value - Number(value.toFixed(decimals))) <= Math.abs(value) * 1e-9) return decimals;
  return MOST_DECIMALS + 1;
}

/** Shorter than elsewhere: a long number would take the room of the chart. */
function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return formatMetric(value);
}

/** At most so many of the powers of ten are named. */
const MOST_POWERS = 7;

/** The places of a logarithmic axis: powers of ten, some of them where there are many, and what is between where there are few. */
function powersOfTen(_u: uPlot, _axis: number, least: number, greatest: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(least) - 1e-9), Math.floor(Math.log10(greatest) + 1e-9)];
  const step = Math.max(1, Math.ceil((to - from + 1) / MOST_POWERS));
  const powers = Array.from(
    { length: Math.max(0, Math.floor((to - from) / step) + 1) },
    (_, index) => 10 ** (from + index * step),
  );
  if (powers.length >= 3 || step > 1) return powers;
  return [from - 1, ...Array.from({ length: to - from + 1 }, (_, index) => from + index)]
    .flatMap((power) => [1, 2, 5].map((factor) => factor * 10 ** power))
    .filter((value) => value >= least && value <= greatest);
}

function sizeOfNumbers(_u: uPlot, values: readonly string[] | null): number {
  const longest = Math.max(4, ...(values ?? []).map((value) => (value ?? '').length));
  return Math.min(110, longest * 7 + 14);
}

function timeText(u: uPlot, value: number): string {
  const { min = 0, max = 0 } = u.scales.x ?? {};
  const isWithinDays = max - min < 3 * 86_400_000;
  const time = formatTime(new Date(value).toISOString());
  return isWithinDays ? time : (time.split(',')[0] ?? time);
}
