import { HistoryBuilder } from './history.ts';
import { pythonMetric } from './python-number.ts';
import type { Table } from './table.ts';

const STEP = /^(?:(?:global_?)?steps?|epochs?|iter(?:ation)?s?|rounds?|batch)$/i;
const TIME = /^(?:time|timestamp|wall[_ ]?time|date|datetime|unnamed: 0|)$/i;
const NAME = /^(?:name|metric|metrics|key|param|parameter|measure)$/i;
const VALUE = /^(?:value|values|score|result)$/i;

/** The pairs of a table that has one name and one value in each row; undefined for any other. */
export function namedValues(table: Table): readonly (readonly [string, string])[] | undefined {
  const [name = '', value = ''] = table.columns;
  if (table.columns.length !== 2 || !(NAME.test(name) || VALUE.test(value)) || STEP.test(name)) return undefined;
  return table.rows.map(([first = '', second = '']) => [first.trim(), second] as const);
}

/**
 * The numbers of each column by its name, a row being a step of the run. Columns that count steps, epochs or time are no metrics; steps
 * are taken from the finest of them that is there, else they are the numbers of the rows.
 */
export function courseOf(table: Table): HistoryBuilder {
  const history = new HistoryBuilder();
  const steps = table.columns.map((name, place) => ({ name, place })).filter(({ name }) => STEP.test(name));
  const finest = steps.find(({ name }) => !/^epochs?$/i.test(name)) ?? steps[0];
  const metrics = table.columns
    .map((name, place) => ({ name, place }))
    .filter(({ name }) => !STEP.test(name) && !TIME.test(name));
  for (const [row, cells] of table.rows.entries()) {
    const given = Number(finest ? cells[finest.place] || Number.NaN : row);
    const step = Number.isFinite(given) ? given : row;
    for (const { name, place } of metrics) {
      const value = pythonMetric(cells[place] ?? '');
      if (value !== undefined) history.add(name, { step, value });
    }
  }
  return history;
}
