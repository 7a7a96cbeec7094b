import type { MetricValue } from '../../src/base/metric-value.ts';
import { charactersOf } from '../../src/base/short-name.ts';
import type { Author } from '../../src/catalog/read-models/author.ts';
import type { VersionSummary } from '../../src/catalog/read-models/versions.ts';
import { arabicWords, versionSummary } from './examples.ts';

/** The longest names that the format lets through, in scripts and signs that break layouts, and numbers at the ends of what there is. */

/** `text` over and over, as long as a name may be, or nearly: it breaks no character that people see. */
export function filling(text: string, length: number): string {
  let filled = text.repeat(Math.floor(length / text.length));
  for (const character of charactersOf(text)) {
    if (filled.length + character.length > length) break;
    filled += character;
  }
  return filled;
}

export const longestModel = filling('Wide-Model_Name.', 128);
export const longestStage = filling('stage-of-the-longest-', 32);
export const longestAlias = filling('Alias-of-', 64);
export const rightToLeft = filling(arabicWords, 256).trim();
const stacked = 'Z̸̢͕̈́a̷̮̽ḻ̵͝g̶̣̈́o̷͚̐ ̴̯̑s̷̘̈t̷͖̄a̸̯͑c̶̯̐k̶̬̂ë̵̦d̸̻̚';
const families = filling('👩‍👩‍👧‍👦🏳️‍🌈🇩🇪', 96);
const reversed = 'report-\u202egnp.exe\u202c and \u2066isolated\u2069';
export const unbroken = filling('loss_without_a_single_break_', 256);
const ideographs = filling('不正検知モデルの精度', 120);
export const names: readonly string[] = [unbroken, rightToLeft, stacked, families, reversed, ideographs, '.', '0'];

export const author: Author = {
  name: filling('Wolfeschlegelsteinhausen ', 512).trim(),
  email: `${filling('a', 500)}@x.org`,
};
export const story = `${filling('A reason that somebody wrote down in full. ', 900)}\n\n${unbroken}\n${rightToLeft}\n${families}`;

export const numbers: readonly MetricValue[] = [
  1e308,
  -1e308,
  5e-324,
  -0,
  0,
  'NaN',
  'Infinity',
  '-Infinity',
  123_456_789_012_345_680_000,
  0.1 + 0.2,
  -0.000_000_123_456_789,
];
export const numberAt = (index: number): MetricValue => numbers[index % numbers.length] ?? 0;

export function manyMetrics(count: number): Readonly<Record<string, MetricValue>> {
  const entries = names.map((name, index) => [name, numberAt(index)] as const);
  const more = Array.from(
    { length: count - names.length },
    (_, index) => [metricName(index), numberAt(index)] as const,
  );
  return Object.fromEntries([...entries, ...more]);
}

function metricName(index: number): string {
  if (index % 5 === 0) return `country.${index}.auc`;
  return index % 7 === 0 ? `${filling('group.', 120)}${index}` : `metric_${index}`;
}

export function manyParams(count: number): Readonly<Record<string, string>> {
  const entries = names.map((name) => [name, name] as const);
  const more = Array.from({ length: count - names.length }, (_, index) => [`param_${index}`, String(index)] as const);
  return Object.fromEntries([...entries, ['prompt', filling('You are a careful model. ', 16_384)], ...more]);
}

export function extremeSummary(number: number, changed: Partial<VersionSummary> = {}): VersionSummary {
  return versionSummary(number, {
    model: longestModel,
    stage: longestStage,
    number: 1_000_000 + number,
    aliases: [longestAlias, ...Array.from({ length: 30 }, (_, index) => `alias-${index}`)],
    description: story,
    createdBy: author,
    stageBy: author,
    tags: Object.fromEntries(names.map((name) => [name, name])),
    metrics: manyMetrics(500),
    params: manyParams(3000),
    artifact: { digest: 'f'.repeat(64), sizeBytes: Number.MAX_SAFE_INTEGER, fileCount: 10_000 },
    pending: true,
    stagePending: true,
    ...changed,
  });
}
