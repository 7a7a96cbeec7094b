import type { Command } from 'commander';
import { formatDifference, formatMetric, headlineMetric, metricChange } from '../../base/metrics.ts';
import type { TransitionResult } from '../../registry/api.ts';
import { nonBlank, wholeNumber } from '../arguments.ts';
import { versionJson } from '../format/json.ts';
import { labelOf } from '../format/values.ts';
import type { AddCommand } from '../program.ts';
import { print, printJson, safeLine, styled } from '../terminal.ts';

const REASON = '--reason <text>';
const WHY = 'why, for whoever reads the log later';

/** Commands that move versions between stages. */
export function addStageCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('promote')
      .description('move a version to a stage')
      .argument('<ref>', 'model@7, model@staging, model@alias')
      .argument('<stage>', 'staging, production …')
      .requiredOption(REASON, WHY, nonBlank)
      .option('--override', 'although a gate of the policy fails; stays on record')
      .option('--expect <ref>', 'only if this version, or "none", is in the stage now'),
    async (context, options: { readonly reason: string; readonly override?: boolean; readonly expect?: string }, ref: string, stage: string) => {
      const result = await context.withRegistry((registry) =>
        registry.promote({ ref, stage, reason: options.reason, override: options.override ?? false, ...expectation(options.expect) }),
      );
      report(context.isJson, result);
    },
  );

  add(
    program
      .command('rollback')
      .description('put the version that was in production before back')
      .argument('<model>')
      .requiredOption(REASON, WHY, nonBlank)
      .option('--to <n>', 'back to this version, which was there once', wholeNumber)
      .option('--stage <stage>', 'another exclusive stage than production')
      .option('--expect <ref>', 'only if this version is in the stage now'),
    async (
      context,
      options: { readonly reason: string; readonly to?: number; readonly stage?: string; readonly expect?: string },
      model: string,
    ) => {
      const { reason, to, stage, expect } = options;
      const result = await context.withRegistry((registry) =>
        registry.rollback({ model, reason, ...(to === undefined ? {} : { to }), ...(stage === undefined ? {} : { stage }), ...expectation(expect) }),
      );
      report(context.isJson, result);
    },
  );

  add(
    program.command('archive').description('take a version out of use').argument('<ref>').requiredOption(REASON, WHY, nonBlank),
    async (context, options: { readonly reason: string }, ref: string) => {
      const result = await context.withRegistry((registry) => registry.archive({ ref, reason: options.reason }));
      report(context.isJson, result);
    },
  );
}

function expectation(expect: string | undefined): { readonly expectHolder?: string | null } {
  return expect === undefined ? {} : { expectHolder: expect === 'none' ? null : expect };
}

const DONE: Readonly<Record<TransitionResult['kind'], string>> = {
  promote: 'Promoted',
  rollback: 'Rolled back',
  demote: 'Moved',
  archive: 'Archived',
};

function report(isJson: boolean, result: TransitionResult): void {
  const { version, from, to, kind, displaced, seq, at } = result;
  if (isJson) {
    printJson({ version: versionJson(version), from, to, kind, displaced: displaced.map(versionJson), seq, at });
    return;
  }
  print(styled('green', `${DONE[kind]} ${kind === 'rollback' ? `${to} to ` : ''}${labelOf(version)}${kind === 'rollback' ? '' : ` from ${from} to ${to}`}`));
  for (const other of displaced) {
    print(`${labelOf(other)} moved from ${to} to ${safeLine(other.stage)}.`);
    const metric = headlineMetric(version.metrics);
    const before = metric && other.metrics[metric.name];
    if (!metric || before === undefined) continue;
    const { verdict, difference } = metricChange(metric.name, metric.value, before);
    const change = difference === undefined ? '' : ` (${formatDifference(difference)}${verdict === 'better' || verdict === 'worse' ? `, ${verdict}` : ''})`;
    print(`${safeLine(metric.name)} ${formatMetric(before)} → ${formatMetric(metric.value)}${change}`);
  }
}
