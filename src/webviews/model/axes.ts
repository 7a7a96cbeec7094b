import type uPlot from 'uplot';
import { padded, type Span, shareOf, spanOf, valueAt } from '../../base/axis-scale.ts';
import type { Plot, PlotAxis } from '../../extension/messages/core-types.ts';
import { formatTime } from '../shared/format.ts';
import { ticksOf, tickTexts } from '../shared/ticks.ts';
import { axisTexts } from './axis-texts.ts';
import type { Drawing } from './drawing.ts';
import type { Palette } from './palette.ts';

/** Steps between versions and between the places of texts are whole. */
const WHOLE_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
];

/** Numbers on the upright axis, and on the lower one, have at least so many pixels each. */
const APART = { upright: 30, across: 70, acrossLog: 45 } as const;

const WIDEST_DIGIT_PX = 8;

/** Beside a single moment there is room for its day. */
const HALF_A_DAY_MS = 43_200_000;

/** Where the values of an axis are, in what the library counts in. */
export interface Scale {
  /** Of an axis of what was measured: the library has shares of it, as it names and places nothing beyond 17 digits. */
  readonly span?: Span;
  placeOf(value: number): number;
  valueAt(place: number): number;
}

export interface Scales {
  readonly across: Scale;
  readonly upright: Scale;
}

const asItIs: Scale = { placeOf: (value) => value, valueAt: (place) => place };

function measured(values: readonly number[]): Scale {
  const span = padded(spanOf(values) ?? { least: 0, greatest: 1, isLog: false });
  return { span, placeOf: (value) => shareOf(span, value), valueAt: (place) => valueAt(span, place) };
}

/** Versions and times are measured by nobody, nor are places of texts. */
export function scalesOf({ plot, across }: Pick<Drawing, 'plot' | 'across'>): Scales {
  const isMeasured = 'name' in across && plot.texts === undefined;
  return {
    across: isMeasured ? measured(plot.points.map(([x]) => x)) : asItIs,
    upright: measured(plot.points.map(([, y]) => y)),
  };
}

/** For versions in order and for texts: the newest has some room for what came after it. */
function wholePadded(least: number, greatest: number): [number, number] {
  const room = (greatest - least) * 0.015;
  return [least - 0.6 - room, greatest + 0.9 + room];
}

export function rangesOf({ plot, across }: Drawing, scales: Scales): uPlot.Scales {
  const whole: [number, number] = [0, 1];
  return {
    x: { time: across.kind === 'time', range: scales.across.span ? whole : sidesOf(plot, across) },
    y: { range: whole },
  };
}

function sidesOf({ points, texts }: Plot, { kind }: PlotAxis): [number, number] {
  const { least, greatest } = spanOf(points.map(([x]) => x)) ?? { least: 0, greatest: 0 };
  if (kind === 'number' || texts) return wholePadded(least, greatest);
  const roomMs = greatest > least ? (greatest - least) * 0.06 : HALF_A_DAY_MS;
  return [least - roomMs, greatest + roomMs];
}

export function axesOf({ plot, across }: Drawing, scales: Scales, palette: Palette): uPlot.Axis[] {
  const texts = plot.texts && axisTexts(plot.texts);
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
    ...(across.kind === 'time'
      ? {
          values: (u, splits) => splits.map((value) => timeText(u, value)),
          space: (u) => (isWithinDays(u) ? 150 : 110),
        }
      : {}),
    ...(across.kind === 'number'
      ? { values: (_u, splits) => splits.map((value) => (value < 1 ? '' : `@${value}`)) }
      : {}),
    ...(texts ? { values: (_u, splits) => splits.map((value) => texts[value] ?? ''), space: 90 } : {}),
    ...numbersOf(scales.across, scales.across.span?.isLog ? APART.acrossLog : APART.across),
  };
  return [below, { ...look, ...numbersOf(scales.upright, APART.upright), size: sizeOfNumbers }];
}

/** The numbers of an axis that the library has shares of: it says how long the axis is, and draws them. */
function numbersOf({ span, placeOf }: Scale, apartPx: number): uPlot.Axis {
  if (!span) return {};
  let ticks: readonly number[] = [];
  return {
    space: apartPx,
    splits: (_u, _axis, _least, _greatest, share, sharePx) => {
      ticks = ticksOf(span, (apartPx * share) / sharePx);
      return ticks.map(placeOf);
    },
    values: () => [...tickTexts(ticks, span)],
  };
}

function sizeOfNumbers(_u: uPlot, values: readonly string[] | null): number {
  const longest = Math.max(4, ...(values ?? []).map((value) => (value ?? '').length));
  return Math.min(150, longest * WIDEST_DIGIT_PX + 14);
}

/** The last label of a lower axis is half beyond it. */
export function roomBeyond({ plot, across }: Drawing): number {
  if (across.kind === 'time') return 44;
  if (across.kind !== 'number') return 30;
  const last = plot.points.at(-1)?.[0] ?? 0;
  return Math.max(16, (`@${last}`.length * WIDEST_DIGIT_PX) / 2 + 2);
}

/** Then labels have the time of day, which takes room. */
function isWithinDays({ scales: { x: { min = 0, max = 0 } = {} } }: uPlot): boolean {
  return max - min < 3 * 86_400_000;
}

function timeText(u: uPlot, value: number): string {
  const time = formatTime(new Date(value).toISOString());
  return isWithinDays(u) ? time : (time.split(',')[0] ?? time);
}
