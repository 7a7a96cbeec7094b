import type { PlotAxis, PlotBox } from '../../extension/messages/core-types.ts';
import type { UiState } from '../shared/host.ts';

/** What the person has chosen on the page. It comes back from the editor after a reload, so that anything may stand there. */
export interface Choices {
  readonly metric: string | undefined;
  readonly across: PlotAxis;
  /** The part of the plot that is shown as a whole. */
  readonly zoom: PlotBox | undefined;
  /** The part whose versions are listed. */
  readonly selection: PlotBox | undefined;
  /** Versions that are to be compared, in the order in which they were chosen. */
  readonly picked: readonly string[];
  readonly stage: string;
  /** As its field has it: `2026-05-03T14:00`, in the person's own time. */
  readonly moment: string;
}

export function choicesOf(
  ui: UiState,
  first: { readonly metric: string | undefined; readonly stage: string },
): Choices {
  return {
    metric: textOf(ui.metric) ?? first.metric,
    across: axisOf(textOf(ui.across) ?? 'number'),
    zoom: boxOf(ui.zoom),
    selection: boxOf(ui.selection),
    picked: listOf(parsed(ui.picked)),
    stage: textOf(ui.stage) ?? first.stage,
    moment: textOf(ui.moment) ?? '',
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `number`, `time`, `param:learning_rate`, `metric:loss`: the values of the field in which it is chosen. */
export function axisOf(value: string): PlotAxis {
  const [kind, ...rest] = value.split(':');
  const name = rest.join(':');
  if ((kind === 'param' || kind === 'metric') && name !== '') return { kind, name };
  return { kind: kind === 'time' ? 'time' : 'number' };
}

export function axisValue(axis: PlotAxis): string {
  return 'name' in axis ? `${axis.kind}:${axis.name}` : axis.kind;
}

function boxOf(value: unknown): PlotBox | undefined {
  const box = parsed(value);
  if (typeof box !== 'object' || box === null || !('across' in box)) return undefined;
  const across = rangeOf(box.across) ?? textsOf(box.across);
  const upright = 'upright' in box ? rangeOf(box.upright) : undefined;
  return across && { across, ...(upright ? { upright } : {}) };
}

function rangeOf(value: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [from, to]: readonly unknown[] = value;
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  return Number.isFinite(from) && Number.isFinite(to) ? [from, to] : undefined;
}

function textsOf(value: unknown): { readonly texts: readonly string[] } | undefined {
  if (typeof value !== 'object' || value === null || !('texts' in value)) return undefined;
  return { texts: listOf(value.texts) };
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    // Not ours, so that nothing was chosen.
    return undefined;
  }
}
