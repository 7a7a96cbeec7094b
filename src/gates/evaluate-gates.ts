import { RegistryError } from '../base/errors.ts';
import type { DeclaredDirections } from '../base/metrics.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import type { FoundGate, GateStanding, VersionDetails, VersionSummary } from '../registry/api.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { checkGate } from './check-gate.ts';
import { evidenceOf, verdictIn } from './evidence.ts';
import { gateName, requiredOf, titleOf } from './gate-name.ts';
import { failed, type GateSubject, notEvaluated, passed, type Signature, type Verdict } from './verdict.ts';

/** What the project file says of a model's gates. */
export interface Declared {
  readonly gates?: Readonly<Record<string, readonly DeclaredGate[]>> | undefined;
  readonly directions?: DeclaredDirections | undefined;
}

/** What running the command of a gate came to. */
export interface CommandFound {
  readonly exitCode: number | null;
  readonly problem?: string;
  readonly output?: unknown;
}

/** Runs the command of a gate on the files of a version. */
export type RunGate = (gate: DeclaredGate, version: VersionSummary, stage: string) => Promise<CommandFound>;

export interface GateResult extends Verdict {
  /** What the log calls it. */
  readonly gate: string;
  readonly title: string;
  readonly required: string;
  /** `policy`: every reader of the log enforces it. */
  readonly source: 'project' | 'policy';
}

export interface GateReport {
  readonly standing: GateStanding;
  readonly results: readonly GateResult[];
  /** Of the gates that were evaluated, with the evidence. */
  readonly found: readonly FoundGate[];
}

/**
 * Evaluates the gates of a stage for a version: those of the project file, then those of the policy. Commands run only where `run` is
 * given; else what was recorded of them counts, as long as files, gate and the version in the stage are the same.
 */
export async function evaluateGates(
  registry: RegistryCalls,
  request: { readonly ref: string; readonly stage: string },
  declaredOf: (model: string) => Declared,
  run?: RunGate,
): Promise<GateReport> {
  const standing = await registry.gateStanding(request);
  const { version, stage } = standing;
  const { gates, directions } = declaredOf(version.model);
  const declared = gates && Object.hasOwn(gates, stage) ? (gates[stage] ?? []) : [];
  const subjects = new Subjects(registry, declared);
  const results: GateResult[] = [];
  const found: FoundGate[] = [];
  for (const gate of declared) {
    const rival = await subjects.rivalOf(gate, standing);
    const base = { gate, stage, version, rival, required: requiredOf(gate) };
    const command = gate.command !== undefined && run ? await run(gate, version, stage) : undefined;
    const verdict = command
      ? verdictOf(command)
      : gate.command === undefined
        ? checkGate(gate, {
            candidate: await subjects.of(version),
            rival: rival && (await subjects.of(rival)),
            votes: standing.approvals,
            directions,
          })
        : await recordedVerdict(registry, standing, base);
    results.push({
      gate: gateName(gate),
      title: titleOf(gate),
      required: base.required,
      source: 'project',
      ...verdict,
    });
    // What a command found was recorded by whoever ran it.
    if (verdict.outcome === 'not-evaluated' || (gate.command !== undefined && !command)) continue;
    const { exitCode, output } = command ?? {};
    const evidence = evidenceOf({ ...base, verdict, exitCode, output });
    found.push({ gate: gateName(gate), outcome: verdict.outcome, evidence });
  }
  const ofPolicy = standing.policyGates.map(({ gate, problem }): GateResult => {
    const verdict = problem === undefined ? passed('') : failed('', problem);
    return { gate, title: 'policy', required: gate, source: 'policy', ...verdict };
  });
  return { standing, results: [...results, ...ofPolicy], found };
}

function verdictOf({ exitCode, problem }: CommandFound): Verdict {
  const measured = exitCode === null ? 'no exit code' : `exit code ${exitCode}`;
  return problem === undefined ? passed(measured) : failed(measured, problem);
}

/** What was found when the command ran, where that still says something. */
async function recordedVerdict(
  registry: RegistryCalls,
  { results }: GateStanding,
  now: Parameters<typeof verdictIn>[1],
): Promise<Verdict> {
  const recorded = results.find(({ gate }) => gate === gateName(now.gate));
  if (recorded?.evidence === undefined) return notEvaluated('it hasn’t run: model-registry gates … --run');
  try {
    const read = verdictIn(await registry.gateEvidence({ digest: recorded.evidence }), now);
    if ('stale' in read) return notEvaluated(`${read.stale}: run it again with --run`);
    if (read.verdict.outcome !== recorded.outcome) return notEvaluated('its evidence says otherwise than the log');
    return read.verdict;
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    return notEvaluated(`its evidence can’t be read (${error.code}): run it again with --run`);
  }
}

/** Versions as gates look at them, each read once. */
class Subjects {
  readonly #registry: RegistryCalls;
  readonly #needsSignature: boolean;
  readonly #known = new Map<string, Promise<GateSubject>>();
  readonly #inStage = new Map<string, VersionSummary | undefined>();

  constructor(registry: RegistryCalls, gates: readonly DeclaredGate[]) {
    this.#registry = registry;
    this.#needsSignature = gates.some(({ signature }) => signature !== undefined);
  }

  of(version: VersionSummary): Promise<GateSubject> {
    const known = this.#known.get(version.id) ?? this.#read(version.id);
    this.#known.set(version.id, known);
    return known;
  }

  /** The other version that a gate compares with: for a command, what is in the stage. */
  async rivalOf(gate: DeclaredGate, { version, holder }: GateStanding): Promise<VersionSummary | undefined> {
    if (gate.command !== undefined) return holder;
    const stage = gate.vs ?? (gate.signature === undefined ? undefined : 'production');
    if (stage === undefined) return undefined;
    if (!this.#inStage.has(stage)) {
      const { items } = await this.#registry.listVersions({ model: version.modelId, stage, limit: 2 });
      this.#inStage.set(
        stage,
        items.find(({ id }) => id !== version.id),
      );
    }
    return this.#inStage.get(stage);
  }

  async #read(id: string): Promise<GateSubject> {
    const version = await this.#registry.show({ ref: id });
    const { lineage, facts } = version;
    return {
      label: `${version.model}@${version.number}`,
      metrics: version.metrics,
      evaluations: lineage.evaluations,
      sizeBytes: version.artifact.sizeBytes,
      code: lineage.code,
      data: lineage.data,
      locks: lineage.locks,
      danger: facts?.danger,
      licence: facts?.license,
      base: await this.#baseOf(version),
      signature: this.#needsSignature ? await this.#signatureOf(id) : undefined,
    };
  }

  async #baseOf({ lineage: { baseModel } }: VersionDetails): Promise<GateSubject['base']> {
    if (baseModel?.versionId === undefined) return undefined;
    const { facts } = await this.#registry.show({ ref: baseModel.versionId });
    return { label: baseModel.name, licence: facts?.license };
  }

  async #signatureOf(ref: string): Promise<Signature | undefined> {
    try {
      const { facts } = await this.#registry.facts({ ref });
      return facts && { inputs: facts.inputs, outputs: facts.outputs };
    } catch (error) {
      // What can't be read isn't known, and the gate says so.
      if (RegistryError.is(error)) return undefined;
      throw error;
    }
  }
}
