import { t } from '../../base/language.ts';
import { parseSize, sizeText } from '../../base/size.ts';
import type { Retention } from '../../registry/api/space.ts';
import type { Choice } from '../prompts/pick.ts';

const GB = 1_000_000_000;
const ALL = 'all';

/** What stands for a budget that is typed in. */
export const OTHER = 'other';
export const otherLabel = (): string => t('Other…');

/** What old candidates may take, in the words of the person; null is no limit. */
export const budgets = (): ReadonlyMap<string, number | null> =>
  new Map([
    [t('Keep Everything'), null],
    ['5 GB', 5 * GB],
    ['20 GB', 20 * GB],
    ['100 GB', 100 * GB],
  ]);

/** What to choose from: the usual budgets, the one that holds now where it is another, and typing one in. */
export function budgetChoices(retention: Retention | undefined): readonly Choice<string>[] {
  const now = retention && (retention.candidateBudgetBytes ?? null);
  const usual = [...budgets()];
  const isUsual = now === undefined || usual.some(([, bytes]) => bytes === now);
  const offered = isUsual ? usual : [[sizeText(now ?? 0), now] as const, ...usual];
  const choices = offered.map(([label, bytes]) => ({
    value: textOf(bytes),
    label,
    ...(bytes === now ? { description: t('as now'), isPicked: true } : {}),
  }));
  return [...choices, { value: OTHER, label: otherLabel() }];
}

function textOf(bytes: number | null): string {
  return bytes === null ? ALL : String(bytes);
}

/** The bytes, or null for no limit, that a choice or what was typed in stands for; undefined where it is no size. */
export function budgetOf(text: string): number | null | undefined {
  return text.toLowerCase() === ALL ? null : parseSize(text);
}

/** What is wrong with a size that was typed in. */
export function problemOfBudget(text: string): string | undefined {
  return budgetOf(text) === undefined ? t('Write a size such as 500 MB, 7 GB or 1 TB, or all.') : undefined;
}
