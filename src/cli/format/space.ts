import { sizeText } from '../../base/size.ts';
import type { DiskUse, GcReport, Retention } from '../../registry/api/space.ts';
import type { KeepReason } from '../../registry/space/keep-rule.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { plural } from './values.ts';

const REASONS: Readonly<Record<KeepReason, string>> = {
  stage: 'its stage',
  alias: 'an alias',
  rollback: 'a rollback could bring it back',
  window: 'it served within the rollback window',
  newest: 'the newest of its model',
  lineage: 'the base of a kept version',
  budget: 'within the budget for candidates',
  unshared: 'nowhere else yet',
};
const MAX_LABELS = 3;

/** What `gc` freed or would free, and why the rest stays. */
export function gcText(report: GcReport): string {
  const { artifacts, freed, kept, isDryRun, storing, retention, cacheFreedBytes } = report;
  const rows = artifacts.map(({ digest, sizeBytes, isKept, versions }) => [
    isKept ? 'stays' : styled('yellow', isDryRun ? 'would go' : 'gone'),
    versionsText(versions.map(({ version }) => version)),
    digest.slice(0, 12),
    versions.length === 0 ? '' : sizeText(sizeBytes),
    isKept
      ? [...new Set(versions.flatMap(({ reasons }) => reasons.map((reason) => REASONS[reason])))].join('; ')
      : versions.length === 0
        ? 'its versions were deleted'
        : 'an old candidate beyond the budget',
  ]);
  const verb = isDryRun ? 'Would free' : 'Freed';
  const total = `${verb} ${sizeText(freed.bytes)} in ${plural(freed.objects, 'object')}; ${sizeText(kept.bytes)} in ${plural(kept.objects, 'object')} ${kept.objects === 1 ? 'stays' : 'stay'}.`;
  const pending = storing
    ? [
        `Process ${storing.pid} on ${safeLine(storing.host)} is storing files. What it may have stored counts as staying, and gc waits for it.`,
      ]
    : [];
  const table = rows.length === 0 ? [] : [tableText(['', 'VERSIONS', 'ARTIFACT', 'SIZE', 'WHY'], rows)];
  const cache =
    cacheFreedBytes === undefined
      ? []
      : [
          `Freed ${sizeText(cacheFreedBytes)} more of what wasn't used for longest; it is fetched again when it is needed.`,
        ];
  return [...table, total, ...leftoverLines(report, verb), ...cache, ...pending, retentionText(retention)].join('\n');
}

function leftoverLines({ leftovers: { freed, kept } }: GcReport, verb: string): readonly string[] {
  const what = 'left unfinished, or by older versions of the program';
  return [
    ...(freed.files > 0 ? [`${verb} ${sizeText(freed.bytes)} more in ${plural(freed.files, 'file')} ${what}.`] : []),
    ...(kept.files > 0
      ? [
          `${sizeText(kept.bytes)} in ${plural(kept.files, 'file')} ${what}, may still be gone on with: next week at the latest, gc frees that.`,
        ]
      : []),
  ];
}

export function diskText({ parts, totalBytes }: DiskUse, retention: Retention): string {
  const rows = parts.map(({ name, files, bytes }) => [safeLine(name), String(files), sizeText(bytes)]);
  return [
    tableText(['WHAT', 'FILES', 'SIZE'], rows),
    `Altogether ${sizeText(totalBytes)}.`,
    retentionText(retention),
  ].join('\n');
}

function retentionText({ candidateBudgetBytes, rollbackWindowDays, cacheLimitBytes }: Retention): string {
  const days = plural(rollbackWindowDays, 'day');
  const budget =
    candidateBudgetBytes === undefined
      ? 'Candidates are kept whatever they take; set a budget with `gc --candidate-budget`.'
      : `Old candidates may take ${sizeText(candidateBudgetBytes)}.`;
  const limit =
    cacheLimitBytes === undefined ? '' : ` Files of a shared registry may take ${sizeText(cacheLimitBytes)} here.`;
  return `${budget} What served within ${days} stays.${limit}`;
}

function versionsText(labels: readonly string[]): string {
  const shown = labels.slice(0, MAX_LABELS).map((label) => safeLine(label));
  return labels.length > MAX_LABELS ? `${shown.join(', ')} and ${labels.length - MAX_LABELS} more` : shown.join(', ');
}
