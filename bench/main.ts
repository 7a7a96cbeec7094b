// `npm run bench`: the registry and what people use instead, measured in one run.

import { parseArgs } from 'node:util';
import { benchmarkBesideMlflow } from './alternatives/beside-mlflow.ts';
import { benchmarkOurs } from './ours.ts';
import { tableText } from './report.ts';
import type { Results } from './results.ts';

const DEFAULT_SIZES = [10, 100, 1000, 10_000, 100_000];

interface GroupOptions {
  readonly sizes: readonly number[];
  readonly runs: number;
  readonly onProgress: (text: string) => void;
}

const groups: Readonly<Record<string, (options: GroupOptions) => Promise<Results>>> = {
  ours: benchmarkOurs,
  mlflow: benchmarkBesideMlflow,
};

const { values } = parseArgs({
  options: {
    sizes: { type: 'string' },
    only: { type: 'string' },
    runs: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
});
const sizes = values.sizes?.split(',').map(Number) ?? DEFAULT_SIZES;
const onProgress = (text: string) => console.error(`  ${text}`);
for (const [name, group] of Object.entries(groups)) {
  if (values.only !== undefined && values.only !== name) continue;
  const { tables } = await group({ sizes, runs: Number(values.runs), onProgress });
  for (const table of tables) console.log(tableText(table));
}
