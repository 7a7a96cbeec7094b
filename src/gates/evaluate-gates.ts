import { policyProblemText } from '../base/approvals-text.ts';
import { RegistryError } from '../base/errors.ts';
import type { DeclaredDirections } from '../base/metrics.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import type { FoundGate, GateStanding } from '../registry/api/gates.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { checkGate } from './check-gate.ts';
import { declarationOf, unknownStages } from './declaration.ts';
import { evidenceOf, verdictIn } from './evidence.ts';
import { gateName, isOfCommand, requiredOf, titleOf } from './gate-name.ts';
import { dependsOnPeer } from './measured-on.ts';
import { type NamedProgram, programsOf } from './programs.ts';
import type { GateRun } from './run-each.ts';
import type { RanGate } from './run-gate.ts';
import { comparedStage, Subjects } from './subjects.ts';
import { failed, notEvaluated, passed, type Verdict } from './verdict.ts';

/** What the project file says of a model's gates. */
export interface Declared {
  readonly gates?: Readonly<Record<string, readonly DeclaredGate[]>> | undefined;
  readonly directions?: DeclaredDirections | undefined;
  /** The folder of the file, where it is known: its scripts are those that commands name. */
  readonly root?: string | undefined;
}

export interface GateResult extends Omit<Verdict, 'details'> {
  /** What the log calls it. */
  readonly gate: string;
  readonly title: string;
  readonly required: string;
  /** `policy`: every reader of the log enforces it. */
  readonly source: 'project' | 'policy';
  /** It ran before, and files, gate and the version in the stage are the same since. */
  readonly isFromBefore?: boolean;
  /** It is no gate, but stands for all gates before a stage of this name, which the model doesn't have. */
  readonly unknownStage?: string;
}

export interface GateReport {
  readonly standing: GateStanding;
  readonly results: readonly GateResult[];
  /** Of the gates that were evaluated, with the evidence. */
  readonly found: readonly FoundGate[];
  /** The names of those with a command. */
  readonly commands: readonly string[];
  /** How many approvals the project file asks for; 0 where it asks for none. */
  readonly approvalsNeeded: number;
}

/** A gate with what it takes to judge it, and what is known of it so far. */
interface Looked {
  readonly gate: DeclaredGate;
  readonly rival: VersionSummary | undefined;
  /** The version that is in the stage, where the gate looks at what that was measured on. */
  readonly peer: VersionSummary | undefined;
  readonly verdict: Verdict;
  /** It has a command. */
  readonly isRun: boolean;
  readonly programs?: readonly NamedProgram[] | undefined;
}

/**
 * Evaluates the gates of a stage for a version: those of the project file, then those of the policy. Commands run only where `run` is
 * given, and where what was recorded of them doesn't count any more, which it does as long as files, gate and the version in the stage are
 * the same. `isQuick`: predictions aren't read, so that what depends on them isn't evaluated.
 */
export async function evaluateGates(
  registry: RegistryCalls,
  {
    isQuick = false,
    ...request
  }: { readonly ref: string; readonly stage: string; readonly isQuick?: boolean | undefined },
  declaredOf: (model: string) => Declared,
  run?: GateRun,
): Promise<GateReport> {
  const standing = await registry.gateStanding(request);
  const { version, stage } = standing;
  const own = declarationOf(standing, declaredOf);
  const { gates, directions, root = run?.root } = own;
  const declared = gates && Object.hasOwn(gates, stage) ? (gates[stage] ?? []) : [];
  const subjects = new Subjects(registry, declared, { signal: run?.signal, isQuick });
  const looked: Looked[] = [];
  for (const gate of declared) {
    const rival = await subjects.rivalOf(gate, standing);
    const peer = subjects.peerOf(gate, standing);
    const isRun = isOfCommand(gate);
    const programs = isRun && root !== undefined ? await programsOf(gate, root) : undefined;
    const verdict = isRun
      ? await recordedVerdict(registry, standing, { gate, stage, version, rival, programs })
      : checkGate(gate, {
          ...(await subjects.around(gate, version, { ...(rival ? { rival } : {}), ...(peer ? { peer } : {}) })),
          votes: standing.approvals,
          directions,
        });
    looked.push({ gate, rival, peer, verdict, isRun, programs });
  }
  const toRun = looked.filter(({ isRun, verdict }) => isRun && (run?.isAgain || verdict.outcome === 'not-evaluated'));
  const ran = run ? await runAll(toRun, registry, standing, run) : new Map<DeclaredGate, RanGate>();
  const results = looked.map((one) => resultOf(one, ran.get(one.gate)));
  const found = looked.flatMap((one) => foundIn(one, standing, ran.get(one.gate)));
  const commands = looked.filter(({ isRun }) => isRun).map(({ gate }) => gateName(gate));
  return {
    standing,
    results: [...unknownStages(own, standing), ...results, ...policyResults(standing, found)],
    found,
    commands,
    approvalsNeeded: Math.max(0, ...declared.map(({ approvals = 0 }) => approvals)),
  };
}

/** A promotion runs nothing, and loads nothing of what does. */
async function runAll(
  looked: readonly Looked[],
  registry: RegistryCalls,
  standing: GateStanding,
  run: GateRun,
): Promise<ReadonlyMap<DeclaredGate, RanGate>> {
  const { runEach } = await import('./run-each.ts');
  return runEach(
    registry,
    looked.map(({ gate }) => gate),
    standing,
    run,
  );
}

function resultOf({ gate, verdict, isRun }: Looked, ran: RanGate | undefined): GateResult {
  const { details: _, ...shown } = ran?.verdict ?? verdict;
  const isFromBefore = isRun && !ran && verdict.outcome !== 'not-evaluated';
  return {
    gate: gateName(gate),
    title: titleOf(gate),
    required: requiredOf(gate),
    source: 'project',
    ...shown,
    ...(isFromBefore ? { isFromBefore } : {}),
  };
}

/** What is to be recorded: not what ran before, which was recorded by whoever ran it. */
function foundIn(
  { gate, rival: named, peer, verdict, isRun, programs }: Looked,
  standing: GateStanding,
  ran: RanGate | undefined,
): FoundGate[] {
  const { outcome } = ran?.verdict ?? verdict;
  // Approvals are in the log by themselves.
  if (outcome === 'not-evaluated' || (isRun && !ran) || gate.approvals !== undefined) return [];
  const { version, stage } = standing;
  const rival = named ?? (dependsOnPeer(gate) ? peer : undefined);
  const evidence = evidenceOf({ gate, stage, version, rival, required: requiredOf(gate), verdict, programs, ...ran });
  const against = againstOf(gate, standing, rival);
  return [{ gate: gateName(gate), outcome, evidence, ...(against ? { against } : {}) }];
}

/** What a result of the gate holds for: as long as the version that it was compared with is in its stage. */
function againstOf(
  gate: DeclaredGate,
  { stage, isExclusive }: GateStanding,
  rival: VersionSummary | undefined,
): FoundGate['against'] {
  if (gate.command !== undefined || dependsOnPeer(gate))
    return isExclusive ? { stage, version: rival?.id ?? null } : undefined;
  const compared = comparedStage(gate);
  return compared === undefined ? undefined : { stage: compared, version: rival?.id ?? null };
}

function policyResults({ policyGates }: GateStanding, found: readonly FoundGate[]): readonly GateResult[] {
  return policyGates.map(({ gate, problem, recorded }) => {
    // What was found here is recorded before anybody is promoted by it.
    const own = recorded?.isOfOwn ? found.find((result) => result.gate === recorded.name) : undefined;
    const isPassed = own ? own.outcome === 'passed' : problem === undefined;
    const verdict = isPassed
      ? passed('')
      : failed('', problem === undefined ? `${own?.gate} failed` : policyProblemText(problem));
    return { gate, title: 'policy', required: gate, source: 'policy', ...verdict };
  });
}

/** What was found when the command ran, where that still says something. */
async function recordedVerdict(
  registry: RegistryCalls,
  { results }: GateStanding,
  now: Parameters<typeof verdictIn>[1],
): Promise<Verdict> {
  const recorded = results.find(({ gate }) => gate === gateName(now.gate));
  if (recorded?.evidence === undefined) return notEvaluated('it hasn’t run');
  try {
    const read = verdictIn(await registry.gateEvidence({ digest: recorded.evidence }), now);
    if ('stale' in read) return notEvaluated(`${read.stale}: it has to run again`);
    if (read.verdict.outcome !== recorded.outcome) return notEvaluated('its evidence says otherwise than the log');
    return read.verdict;
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    return notEvaluated(`its evidence can’t be read (${error.code}): it has to run again`);
  }
}
