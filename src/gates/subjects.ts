import { dangerOf } from '../base/danger-of.ts';
import { RegistryError } from '../base/errors.ts';
import type { VersionDetails, VersionSummary } from '../catalog/read-models/versions.ts';
import type { CertaintyAnswer } from '../predictions/certainty.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import type { CertaintyQuery } from '../registry/api/evaluating.ts';
import type { GateStanding } from '../registry/api/gates.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { isOfCommand } from './gate-name.ts';
import { looksAtPeer, type PeerContext } from './measured-on.ts';
import { certaintyQuery } from './sure-metric.ts';
import type { GateSubject, Signature } from './verdict.ts';

/** The stage with whose version a gate compares, where it compares with one that it names. */
export function comparedStage(gate: DeclaredGate): string | undefined {
  return gate.vs ?? (gate.signature === undefined ? undefined : 'production');
}

/** Versions as gates look at them, each read once. */
export class Subjects {
  readonly #registry: RegistryCalls;
  readonly #signal: AbortSignal | undefined;
  readonly #isQuick: boolean;
  readonly #needsSignature: boolean;
  readonly #known = new Map<string, Promise<GateSubject>>();
  readonly #inStage = new Map<string, VersionSummary | undefined>();

  constructor(
    registry: RegistryCalls,
    gates: readonly DeclaredGate[],
    { signal, isQuick }: { readonly signal: AbortSignal | undefined; readonly isQuick: boolean },
  ) {
    this.#registry = registry;
    this.#signal = signal;
    this.#isQuick = isQuick;
    this.#needsSignature = gates.some(({ signature }) => signature !== undefined);
  }

  of(version: VersionSummary): Promise<GateSubject> {
    const known = this.#known.get(version.id) ?? this.#read(version.id);
    this.#known.set(version.id, known);
    return known;
  }

  /** The versions as a gate looks at them, and how sure their metrics are where it asks. */
  async around(
    gate: DeclaredGate,
    version: VersionSummary,
    { rival: other, peer: inStage }: { readonly rival?: VersionSummary; readonly peer?: VersionSummary },
  ): Promise<Omit<PeerContext, 'directions'>> {
    const [candidate, rival] = [await this.of(version), other && (await this.of(other))];
    const peer = inStage && (await this.of(inStage));
    const query = certaintyQuery(gate, candidate, rival);
    return { candidate, rival, peer, certainty: query && (await this.#certainty(query)) };
  }

  async #certainty(query: CertaintyQuery): Promise<CertaintyAnswer> {
    if (this.#isQuick) return { problem: 'its predictions aren’t read for a list' };
    try {
      return await this.#registry.certainty(query, this.#signal ? { signal: this.#signal } : {});
    } catch (error) {
      if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
      return { problem: `the predictions can’t be read (${error.code})` };
    }
  }

  /** The other version that a gate compares with: the one in the stage, or the last one that was in an exclusive stage that is empty. */
  async rivalOf(
    gate: DeclaredGate,
    { version, stage: target, holder, lastHolders }: GateStanding,
  ): Promise<VersionSummary | undefined> {
    const lastIn = (name: string) => lastHolders?.find(({ stage }) => stage === name)?.version;
    if (gate.benchmark !== undefined) return undefined;
    if (isOfCommand(gate)) return holder ?? lastIn(target);
    const stage = comparedStage(gate);
    if (stage === undefined) return undefined;
    if (!this.#inStage.has(stage)) {
      const { items } = await this.#registry.listVersions({ model: version.modelId, stage, limit: 2 });
      this.#inStage.set(stage, items.find(({ id }) => id !== version.id) ?? lastIn(stage));
    }
    return this.#inStage.get(stage);
  }

  /** The other version in the stage that a gate is for, or the last one there, where the gate looks at what that was measured on. */
  peerOf(gate: DeclaredGate, { stage: target, holder, lastHolders }: GateStanding): VersionSummary | undefined {
    if (!looksAtPeer(gate)) return undefined;
    return holder ?? lastHolders?.find(({ stage }) => stage === target)?.version;
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
      danger: dangerOf(facts),
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
