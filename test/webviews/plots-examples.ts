import type { PlotsPageData } from '../../src/extension/messages/page-data.ts';
import { idOf, longName, markup } from './examples.ts';

type Columns = PlotsPageData['columns'];

/** A number between 0 and 1 that is the same at every run. */
function chance(index: number, of: number): number {
  const value = Math.sin(index * 12.9898 + of * 78.233) * 43_758.5453;
  return value - Math.floor(value);
}

const optimizers = ['adam', 'sgd', 'adamw'];

/** A sweep of 200 runs: learning rates over decades, a depth, an optimizer, a flag that few have. */
export function plotsColumns(changes: Partial<Columns> = {}, count = 200): Columns {
  const all = Array.from({ length: count }, (_, index) => index);
  const rates = all.map((index) => Number((10 ** (-5 + 4 * chance(index, 1))).toPrecision(3)));
  const depths = all.map((index) => 2 + Math.floor(10 * chance(index, 2)));
  const auc = all.map((index) =>
    index % 40 === 39 ? null : 0.95 - 0.04 * (Math.log10(rates[index] ?? 1) + 3) ** 2 + 0.02 * chance(index, 3),
  );
  return {
    modelId: '01JC0000000000000000000001',
    model: 'fraud-detector',
    versions: all.map((index) => ({
      id: idOf(index + 1),
      number: index + 1,
      stage: index === 120 ? 'production' : 'candidate',
      pending: false,
    })),
    params: [
      paramColumn('learning_rate', rates.map(String)),
      paramColumn('max_depth', depths.map(String)),
      paramColumn(
        'optimizer',
        all.map((index) => optimizers[Math.floor(3 * chance(index, 4))] ?? ''),
      ),
      paramColumn(
        'warmup',
        all.map((index) => (index % 3 === 0 ? '100' : undefined)),
      ),
    ],
    metrics: [
      { name: 'test_auc', values: auc },
      { name: 'train.loss', values: all.map((index) => 0.1 + chance(index, 5) / 3) },
    ],
    same: [{ name: 'seed', text: '42' }],
    total: count,
    omitted: 0,
    ...changes,
  };
}

export function paramColumn(name: string, values: readonly (string | undefined)[]): Columns['params'][number] {
  const texts = [...new Set(values.filter((value) => value !== undefined))];
  const places = new Map(texts.map((text, place) => [text, place]));
  return { name, texts, places: values.map((value) => (value === undefined ? -1 : (places.get(value) ?? -1))) };
}

export function plotsPage(changes: Partial<Columns> = {}, page: Partial<PlotsPageData> = {}): PlotsPageData {
  const columns = plotsColumns(changes);
  const [metric] = columns.metrics;
  return { columns, isList: false, ...(metric ? { metric: metric.name } : {}), ...page };
}

/** As many as the registry gives, with names and numbers at their worst. */
export function extremePlots(): PlotsPageData {
  const count = 3000;
  const all = Array.from({ length: count }, (_, index) => index);
  const columns = plotsColumns(
    {
      model: longName.slice(0, 128).replaceAll('/', '-'),
      params: [
        ...plotsColumns({}, count).params,
        paramColumn(
          longName,
          all.map((index) => `${markup} ${index % 70}`),
        ),
        paramColumn(
          markup,
          all.map((index) => String(index % 2 === 0 ? 1e-300 : 1e300)),
        ),
        ...Array.from({ length: 50 }, (_, of) =>
          paramColumn(
            `param_${of}`,
            all.map((index) => String(chance(index, of))),
          ),
        ),
      ],
      metrics: [
        {
          name: `${longName}_auc`,
          values: all.map((index) => (index % 2 === 0 ? 1.7e308 : -1.7e308) * chance(index, 1)),
        },
        { name: 'flat', values: all.map(() => 1) },
        { name: 'none', values: all.map(() => null) },
      ],
      same: Array.from({ length: 40 }, (_, index) => ({ name: `${markup}${index}`, text: longName })),
      total: 123_456,
      omitted: 78,
    },
    count,
  );
  return { columns, isList: true, metric: `${longName}_auc`, query: markup };
}
