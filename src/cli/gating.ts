import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sortedOut } from '../gates/declaration.ts';
import { declaredIn } from '../gates/declared.ts';
import { evaluateGates, type GateReport, type GateResult } from '../gates/evaluate-gates.ts';
import { runGates } from '../gates/run-gates.ts';
import type { GateLink } from '../registry/api/gates.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { gatesJunit, gatesMarkdown } from './format/gate-reports.ts';
import { versionJson } from './format/json.ts';
import { tableText } from './format/tables.ts';
import { labelOf } from './format/values.ts';
import { activityPrinter } from './gate-activity.ts';
import { tellMissedGates } from './missed-gates.ts';
import { print, printJson, safeLine, styled } from './terminal.ts';

export interface GatesOptions {
  readonly run?: boolean;
  readonly again?: boolean;
  readonly jobs?: number;
  readonly junit?: string;
  readonly markdown?: string;
}

/** `gates`: evaluates the gates of a stage for a version; with `--run`, runs their commands and records what all found. */
export async function showGates(
  context: CommandContext,
  { run, again, jobs, junit, markdown }: GatesOptions,
  ref: string,
  stage: string,
): Promise<void> {
  const project = await context.project();
  const declaredOf = (model: string) => declaredIn(project, model);
  const evaluate = async (registry: Registry): Promise<Shown> => {
    const found = run
      ? await runAll(registry)
      : { report: await evaluateGates(registry, { ref, stage }, declaredOf), links: [] };
    await tellMissedGates(context, registry, found.report.standing.version.model);
    return found;
  };
  const runAll = async (registry: Registry): Promise<Shown> => {
    const { links, ...report } = await runGates(registry, { ref, stage }, declaredOf, {
      root: project?.root ?? context.cwd,
      signal: context.signal,
      onActivity: activityPrinter(),
      isAgain: again,
      atOnce: jobs,
    });
    return { report, links };
  };
  const shown = await (run ? context.withRegistry(evaluate) : context.withQueries(evaluate));
  const { results } = shown.report;
  if (junit !== undefined) await writeFile(resolve(context.cwd, junit), gatesJunit(shown.report));
  if (markdown !== undefined) await writeFile(resolve(context.cwd, markdown), gatesMarkdown(shown.report));
  if (context.isJson) printJson(gatesJson(shown));
  else print(gatesText(shown));
  if (results.some(({ outcome }) => outcome !== 'passed')) process.exitCode = EXIT.refused;
}

interface Shown {
  readonly report: GateReport;
  /** What was recorded. */
  readonly links: readonly GateLink[];
}

function evidenceOf({ report, links }: Shown, gate: string): string | undefined {
  const recorded = [...links, ...report.standing.results].find((link) => link.gate === gate);
  return recorded?.evidence;
}

function gatesJson(shown: Shown) {
  const { standing, results } = shown.report;
  const { gates, unknown } = sortedOut(results);
  return {
    version: versionJson(standing.version),
    stage: standing.stage,
    passed: results.every(({ outcome }) => outcome === 'passed'),
    gates: gates.map(({ gate, source, outcome, measured, required, why, isFromBefore = false }) => ({
      gate,
      source,
      outcome,
      measured,
      required,
      why: why ?? null,
      isFromBefore,
      evidence: evidenceOf(shown, gate) ?? null,
    })),
    unknownStages: unknown,
    approvals: standing.approvals,
  };
}

const OUTCOMES: Readonly<Record<GateResult['outcome'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  'not-evaluated': 'not evaluated',
};
const COLOURS = { passed: 'green', failed: 'red', 'not-evaluated': 'yellow' } as const;

function gatesText({ report, links }: Shown): string {
  const { standing } = report;
  const { gates: results, unknown } = sortedOut(report.results);
  const label = labelOf(standing.version);
  const problems = unknown.map(({ stage, why }) => {
    const what = styled('yellow', `unknown stage ${safeLine(stage, 60)}:`);
    return `\n${what} ${safeLine(why, 300)}. Until then ${label} isn't promoted`;
  });
  if (results.length === 0)
    return `${label} needs nothing for ${safeLine(standing.stage)}: no gates are declared${problems.join('')}`;
  const table = tableText(
    ['GATE', 'RESULT', 'MEASURED', 'REQUIRED', 'WHY'],
    results.map(({ title, outcome, measured, required, why = '', isFromBefore }) => [
      safeLine(title, 60),
      `${styled(COLOURS[outcome], OUTCOMES[outcome])}${isFromBefore ? ' before' : ''}`,
      safeLine(measured, 60),
      safeLine(required, 60),
      safeLine(why, 300),
    ]),
  );
  const broken = results.filter(({ outcome }) => outcome !== 'passed').length;
  const verdict =
    broken === 0
      ? `${label} passes the gates of ${safeLine(standing.stage)}`
      : `${label} doesn't pass ${results.length === 1 ? 'the gate' : `${broken} of ${results.length} gates`} of ${safeLine(standing.stage)}`;
  const isToRun = results.some(({ gate, outcome }) => outcome === 'not-evaluated' && report.commands.includes(gate));
  const how = isToRun ? `\nTo run the commands: model-registry gates ${label} ${safeLine(standing.stage)} --run` : '';
  const recorded = links.length === 0 ? '' : `\nRecorded with evidence: ${links.length}`;
  return `${table}\n${verdict}${problems.join('')}${how}${recorded}`;
}

/** `approve` and `refuse`. */
export async function reviewVersion(
  context: CommandContext,
  request: { readonly ref: string; readonly stage: string; readonly isGiven: boolean; readonly comment?: string },
): Promise<void> {
  const { version, stage, isGiven, pending } = await context.withRegistry((registry) => registry.review(request));
  if (context.isJson) return printJson({ version: versionJson(version), stage, approved: isGiven, pending });
  const waits = pending ? ' (not shared yet)' : '';
  print(`${isGiven ? 'Approved' : 'Refused'} ${labelOf(version)} for ${safeLine(stage)}${waits}`);
}
