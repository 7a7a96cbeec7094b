// `npm run bench`: the registry and what people use instead, measured in one run (bench/README.md).
import { parseArgs } from 'node:util';
import { benchmarkBesideDvc } from './alternatives/beside-dvc.ts';
import { benchmarkBesideMlflow } from './alternatives/beside-mlflow.ts';
import { benchmarkBytes } from './bytes.ts';
import { benchmarkCodeHistory } from './code-history.ts';
import { benchmarkEditor } from './editor/event-loop.ts';
import { benchmarkRollback } from './editor/rollback.ts';
import { benchmarkScreens } from './editor/screens.ts';
import { describeMachine } from './machine.ts';
import { benchmarkOurs } from './ours.ts';
import { benchmarkPackages } from './packages.ts';
import { type GroupReport, tableText, writeReport } from './report.ts';
import type { Facts, Group } from './results.ts';
import { benchmarkSharing } from './sharing/sharing.ts';
import { targetTable } from './targets.ts';

const groups: readonly Group[] = [
  { name: 'ours', run: benchmarkOurs, sizes: [10, 100, 1000, 10_000, 100_000] },
  { name: 'mlflow', run: benchmarkBesideMlflow, sizes: [1000, 10_000, 100_000] },
  { name: 'dvc', run: benchmarkBesideDvc, sizes: [] },
  { name: 'bytes', run: benchmarkBytes, sizes: [] },
  { name: 'sharing', run: benchmarkSharing, sizes: [10_000, 100_000] },
  { name: 'code', run: benchmarkCodeHistory, sizes: [1000, 50_000] },
  { name: 'packages', run: benchmarkPackages, sizes: [300, 1000] },
  { name: 'editor', run: benchmarkEditor, sizes: [100_000] },
  { name: 'screens', run: benchmarkScreens, sizes: [10_000] },
  { name: 'rollback', run: benchmarkRollback, sizes: [] },
];

const USAGE = `npm run bench -- [--only ${groups.map(({ name }) => name).join('|')}] [--sizes 10,1000] [--runs 200] [--write]`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string' },
      only: { type: 'string', multiple: true },
      runs: { type: 'string', default: '200' },
      write: { type: 'boolean', default: false },
    },
  });
  const sizes = values.sizes?.split(',').map(wholeNumber);
  const runs = wholeNumber(values.runs);
  const chosen = groups.filter(({ name }) => values.only?.includes(name) ?? true);
  if (chosen.length === 0) throw new RangeError(`There is no such group. ${USAGE}`);

  const machine = await describeMachine();
  console.log(machine.join('\n'));
  const results: GroupReport[] = [];
  const skipped: string[] = [];
  for (const group of chosen) {
    try {
      const options = { sizes: sizes ?? group.sizes, runs, onProgress: (text: string) => console.error(`  ${text}`) };
      const found = await group.run(options);
      for (const table of found.tables) console.log(tableText(table));
      results.push({ group: group.name, machine, ...found });
    } catch (error) {
      // What the other groups found in an hour must not be lost.
      process.exitCode = 1;
      console.error(error);
      skipped.push(group.name);
    }
  }
  const facts: Facts = Object.assign({}, ...results.map((found) => found.facts));
  const targets = targetTable(facts);
  if (targets.rows.length > 0) console.log(tableText(targets));
  if (skipped.length > 0) console.error(`\nFailed, and missing above: ${skipped.join(', ')}`);
  if (values.write) {
    await writeReport(
      results,
      groups.map(({ name }) => name),
    );
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new RangeError(`${JSON.stringify(text)} is not a whole number. ${USAGE}`);
}

await main();
