import type { Facts, Table } from './results.ts';
import { msText } from './timing.ts';

type Unit = 'ms' | 'MB' | '×' | 'requests';

interface Target {
  readonly what: string;
  /** The largest value that is good enough, or with `isAtLeast` the smallest. */
  readonly limit: number;
  readonly unit: Unit;
  readonly isAtLeast?: boolean;
  readonly measured: (facts: Facts) => number | undefined;
}

const LARGE = 100_000;
const at = (name: string, versions: number) => (facts: Facts) => facts[`${name}@${versions}`];
const worst =
  (...names: readonly string[]) =>
  (facts: Facts) => {
    const values = names.map((name) => facts[`${name}@${LARGE}`]);
    return values.includes(undefined) ? undefined : Math.max(...values.map((value) => value ?? 0));
  };
const growth = (name: string) => (facts: Facts) => {
  const [from, to] = [facts[`${name}@1000`], facts[`${name}@${LARGE}`]];
  return from === undefined || to === undefined ? undefined : to / from;
};

/** What was promised before it was measured. */
const targets: readonly Target[] = [
  { what: 'open from the saved catalog, 100,000 versions', limit: 300, unit: 'ms', measured: at('open', LARGE) },
  { what: 'promote, p95, 100,000 versions', limit: 10, unit: 'ms', measured: at('promote', LARGE) },
  { what: 'rollback, p95, 100,000 versions', limit: 10, unit: 'ms', measured: at('rollback', LARGE) },
  { what: 'a list page, p95, 100,000 versions', limit: 10, unit: 'ms', measured: worst('list page', 'list of models') },
  { what: 'show, p95, 100,000 versions', limit: 10, unit: 'ms', measured: at('show', LARGE) },
  { what: 'full-text search, p95, 100,000 versions', limit: 10, unit: 'ms', measured: at('full-text search', LARGE) },
  { what: 'metric search, p95, 100,000 versions', limit: 10, unit: 'ms', measured: at('metric search', LARGE) },
  { what: 'rebuild from the log, 100,000 versions', limit: 20_000, unit: 'ms', measured: at('rebuild', LARGE) },
  { what: 'memory after a save, 100,000 versions', limit: 500, unit: 'MB', measured: at('memory', LARGE) },
  ...['promote', 'rollback', 'list page', 'show', 'full-text search', 'metric search'].map(
    (name): Target => ({
      what: `${name}: 100,000 versions to 1,000`,
      limit: 3,
      unit: '×',
      measured: growth(name),
    }),
  ),
  { what: 'command line: promote, 100 versions', limit: 250, unit: 'ms', measured: at('cli promote', 100) },
  { what: 'command line: promote, 100,000 versions', limit: 600, unit: 'ms', measured: at('cli promote', LARGE) },
  {
    what: 'promote beside MLflow, 10,000 versions',
    limit: 10,
    unit: '×',
    isAtLeast: true,
    measured: at('mlflow promote', 10_000),
  },
  {
    what: 'slowest kind of search beside MLflow, 10,000 versions',
    limit: 20,
    unit: '×',
    isAtLeast: true,
    measured: at('mlflow search', 10_000),
  },
  {
    what: 'register a small model beside MLflow, 10,000 versions',
    limit: 5,
    unit: '×',
    isAtLeast: true,
    measured: at('mlflow register', 10_000),
  },
  {
    what: 'register 2 GiB, to the slower of cp with fsync and sha256sum',
    limit: 1.25,
    unit: '×',
    measured: (facts) => facts['bytes ratio'],
  },
  { what: 'memory while registering 2 GiB', limit: 150, unit: 'MB', measured: (facts) => facts['bytes memory'] },
  {
    what: 'what changed between versions 500 commits apart, 50,000 commits',
    limit: 1000,
    unit: 'ms',
    measured: at('changes', 50_000),
  },
  {
    what: '300 packages of a Python environment, first time, p95',
    limit: 100,
    unit: 'ms',
    measured: at('packages', 300),
  },
  {
    what: 'rollback from the palette to 500 MB that are restored and verified, slowest',
    limit: 2000,
    unit: 'ms',
    measured: (facts) => facts.rollback,
  },
  {
    what: 'the same while a gate runs for the model',
    limit: 2000,
    unit: 'ms',
    measured: (facts) => facts['rollback beside a gate'],
  },
  {
    what: 'the same while shared storage is away',
    limit: 2000,
    unit: 'ms',
    measured: (facts) => facts['rollback offline'],
  },
  { what: 'join a shared registry, 10,000 versions', limit: 3000, unit: 'ms', measured: at('join', 10_000) },
  {
    what: 'join a shared registry, 10,000 versions',
    limit: 20,
    unit: 'requests',
    measured: at('join requests', 10_000),
  },
  { what: 'join a shared registry, 100,000 versions', limit: 20_000, unit: 'ms', measured: at('join', LARGE) },
  {
    what: 'join a shared registry, 100,000 versions',
    limit: 200,
    unit: 'requests',
    measured: at('join requests', LARGE),
  },
  {
    what: "upload 2 GiB, speed by that of the SDK's parallel upload",
    limit: 0.8,
    unit: '×',
    isAtLeast: true,
    measured: (facts) => facts['upload by the SDK'],
  },
  { what: 'memory while uploading 2 GiB', limit: 300, unit: 'MB', measured: (facts) => facts['upload memory'] },
  {
    what: '20 clients share 100 intents each at once, round trips of 60 ms',
    limit: 10_000,
    unit: 'ms',
    measured: (facts) => facts['contention time'],
  },
  {
    what: '20 clients share 100 intents each at once',
    limit: 1500,
    unit: 'requests',
    measured: (facts) => facts['contention requests'],
  },
  {
    what: "longest block of the extension host's event loop",
    limit: 50,
    unit: 'ms',
    measured: (facts) => facts['editor block'],
  },
  ...Object.entries({
    expand: { what: 'rows of a model in the tree', limit: 200 },
    'version page': { what: 'page of a version', limit: 300 },
    'version tab': { what: 'page of a version in a tab of its own', limit: 300 },
    'comparison page': { what: 'comparison of 8 versions', limit: 500 },
    keystroke: { what: 'a key in the filter of the tree', limit: 50 },
    activation: { what: 'activation of the extension in a window at rest', limit: 50 },
  }).flatMap(([name, { what, limit }]) =>
    ['p95', 'median'].map(
      (of): Target => ({
        what: `in the editor: ${what}, ${of}, 10,000 versions`,
        limit,
        unit: 'ms',
        measured: at(of === 'median' ? `${name}, median` : name, 10_000),
      }),
    ),
  ),
  {
    what: "in the editor: longest work of the extension host's thread meanwhile, 10,000 versions",
    limit: 50,
    unit: 'ms',
    measured: at('screens work', 10_000),
  },
  {
    what: "in the editor: longest block of the extension host's event loop meanwhile, by the clock, 10,000 versions",
    limit: 50,
    unit: 'ms',
    measured: at('screens block', 10_000),
  },
];

/** What was promised beside what was measured; rows without a measurement in this run are left out. */
export function targetTable(facts: Facts): Table {
  const rows: string[][] = [];
  for (const { what, limit, unit, isAtLeast = false, measured } of targets) {
    const value = measured(facts);
    if (value === undefined) continue;
    const isMet = isAtLeast ? value >= limit : value <= limit;
    rows.push([
      what,
      `${isAtLeast ? '≥' : '≤'} ${textOf(limit, unit)}`,
      textOf(value, unit),
      isMet ? 'met' : 'not met',
    ]);
  }
  return { title: 'Targets', columns: ['', 'target', 'measured', ''], rows };
}

function textOf(value: number, unit: Unit): string {
  if (unit === 'ms') return msText(value);
  if (unit === 'requests') return `${value} requests`;
  if (unit === 'MB') return `${value.toFixed(0)} MB`;
  return `${Number(value.toFixed(2))} ×`;
}
