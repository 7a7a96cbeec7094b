import { metricDirection } from '../../base/metrics.ts';
import type { ResultOf } from '../../extension/messages/answers.ts';
import type { Plot, PlotAxis, PlotBox, TenureEntry, VersionSummary } from '../../extension/messages/core-types.ts';
import type { ModelPageData } from '../../extension/messages/page-data.ts';
import type { RequestParams } from '../../extension/messages/requests.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { bandsOf, type Drawing } from './drawing.ts';

/** Reading a hundred thousand versions for the first time takes a while. */
const patienceMs = 60_000;
/** The pointer rests so long on a version before it is asked who registered it. */
const restMs = 120;

interface DrawingParts {
  readonly plot: Plot;
  readonly metric: string;
  readonly across: PlotAxis;
  readonly selection: PlotBox | undefined;
  readonly tenures: readonly TenureEntry[];
}

interface PlotQuestion {
  readonly metric: string;
  readonly across: PlotAxis;
  readonly zoom: PlotBox | undefined;
}

/** What the parts of a model's page may do and ask. */
export interface ModelPage extends PageContext {
  plot(question: PlotQuestion): Later<Plot>;
  selected(question: PlotQuestion & { readonly zoom: PlotBox }): Later<ResultOf<'model'>['plotted']>;
  tenures(stage: string, cursor?: string): Later<ResultOf<'model'>['tenures']>;
  heldAt(time: string): Later<ResultOf<'model'>['heldAt']>;
  /** One version in short, as soon as it is known. */
  glance(number: number): { readonly version?: VersionSummary };
  /** The same one for the same parts: another one is drawn anew. */
  drawing(parts: DrawingParts): Drawing;
  /** A version by its number; what isn't shared yet has one for itself only, and is opened by its id. */
  openNumber(number: number): void;
  compare(numbers: readonly number[]): void;
}

let drawn: { readonly key: readonly unknown[]; readonly drawing: Drawing } | undefined;
let rest: { readonly number: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;

/** The page with what only a model's page asks. Answers are kept from one drawing to the next. */
export function modelPageOf(data: ModelPageData, page: PageContext): ModelPage {
  const ask = <M extends 'plot' | 'plotted' | 'tenures' | 'heldAt' | 'glance'>(method: M, params: RequestParams<M>) =>
    page.later(`${method} ${JSON.stringify(params)}`, () => page.read(method, params, { timeoutMs: patienceMs }), data);
  const boxed = ({ metric, across, zoom }: PlotQuestion) => ({
    metric,
    across,
    ...(zoom ? { box: boxParams(zoom) } : {}),
  });
  return {
    ...page,
    plot(question) {
      const { metric, across, zoom } = question;
      // It came with the page.
      if (data.plot && metric === data.metric && across.kind === 'number' && !zoom)
        return { state: 'ready', data: data.plot };
      return ask('plot', boxed(question));
    },
    selected: (question) =>
      ask('plotted', {
        ...boxed(question),
        isLowerBetter: metricDirection(question.metric, data.declared) === 'lower',
      }),
    tenures(stage, cursor) {
      if (stage === data.stage && cursor === undefined) return { state: 'ready', data: data.tenures };
      return ask('tenures', { stage, ...(cursor === undefined ? {} : { cursor }) });
    },
    heldAt: (time) => ask('heldAt', { time }),
    glance: (number) => glanceAt(number, () => ask('glance', { number }), page.redraw),
    drawing(parts) {
      const { plot, metric, across, selection, tenures } = parts;
      const key = [plot, metric, JSON.stringify(across), JSON.stringify(selection), tenures];
      if (!drawn?.key.every((part, index) => part === key[index]))
        drawn = { key, drawing: { plot, metric, across, selection, bands: bandsOf(tenures, across) } };
      return drawn.drawing;
    },
    openNumber: (number) =>
      void idsOf([number], page).then(([id]) => page.openVersion(id ?? `${data.model.name}@${number}`)),
    compare: (numbers) => void idsOf(numbers, page).then((ids) => page.openComparison(ids)),
  };
}

/** Messages have lists that may be changed. */
function boxParams({ across, upright }: PlotBox): NonNullable<RequestParams<'plot'>['box']> {
  return {
    across: 'texts' in across ? { texts: [...across.texts] } : [across[0], across[1]],
    ...(upright ? { upright: [upright[0], upright[1]] } : {}),
  };
}

function glanceAt(
  number: number,
  ask: () => Later<ResultOf<'model'>['glance']>,
  redraw: () => void,
): { readonly version?: VersionSummary } {
  if (rest?.number !== number) {
    clearTimeout(rest?.timer);
    rest = { number, timer: setTimeout(() => redrawRested(number, redraw), restMs) };
    rested = undefined;
    return {};
  }
  if (rested !== number) return {};
  const later = ask();
  return later.state === 'ready' ? later.data : {};
}

let rested: number | undefined;

function redrawRested(number: number, redraw: () => void): void {
  rested = number;
  redraw();
}

/** Pages are asked for by ids, and a plot has numbers. Without those of versions that are gone. */
async function idsOf(numbers: readonly number[], page: PageContext): Promise<readonly string[]> {
  const found = await Promise.all(numbers.map((number) => page.read('glance', { number }).catch(() => undefined)));
  return found.flatMap((answer) => answer?.version?.id ?? []);
}
