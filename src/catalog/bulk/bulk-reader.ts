import type { Policy } from '../../log/policy-schema.ts';
import type { FactAuthor, GateRecord, ModelRecord, VersionRecord, Vote } from '../../rules/state.ts';
import { type BulkModel, type BulkVersion, modelRecord, versionRecord } from './bulk-records.ts';
import { BulkReviews } from './bulk-reviews.ts';
import type { HolderStack } from './holder-stack.ts';
import { Undo } from './undo.ts';

/** What the rules ask of maps and arrays. */
export class BulkReader {
  readonly models = new Map<string, BulkModel>();
  readonly modelIds = new Map<string, string>();
  readonly formerNames = new Map<string, { readonly name: string; readonly model: string }>();
  readonly versions = new Map<string, BulkVersion>();
  readonly versionIds = new Map<string, string>();
  readonly tags = new Map<string, Map<string, string>>();
  readonly stacks = new Map<string, Map<string, HolderStack>>();
  readonly artifacts = new Map<string, { readonly status: 'published' | 'withdrawn'; readonly since: string }>();
  sealed: string | undefined;

  protected readonly undo = new Undo();
  readonly reviews = new BulkReviews(this.undo);
  protected readonly intents = new Set<string>();
  protected readonly names = new Map<string, string>();
  protected readonly stages = new Map<string, Map<string, Set<BulkVersion>>>();
  protected readonly runs = new Map<string, BulkVersion[]>();
  protected readonly byArtifact = new Map<string, BulkVersion[]>();
  /** By model and stage, the versions that came there, in order. */
  protected readonly arrivals = new Map<string, BulkVersion[]>();

  atomically(change: () => boolean): void {
    this.undo.atomically(change);
  }

  hasIntent(id: string): boolean {
    return this.intents.has(id);
  }

  isSealed(): boolean {
    return this.sealed !== undefined;
  }

  model(anyId: string): ModelRecord | undefined {
    const model = this.models.get(this.modelIds.get(anyId) ?? anyId);
    return model && modelRecord(model);
  }

  modelByName(name: string): ModelRecord | undefined {
    const key = name.toLowerCase();
    const id = this.names.get(key) ?? this.formerNames.get(key)?.model;
    const model = id === undefined ? undefined : this.models.get(id);
    return model && model.deletedSeq === undefined ? modelRecord(model) : undefined;
  }

  version(anyId: string): VersionRecord | undefined {
    const version = this.#version(anyId);
    return version && versionRecord(version);
  }

  latestVersion(model: string): VersionRecord | undefined {
    const latest = this.models.get(model)?.versions.findLast(({ deletedSeq }) => deletedSeq === undefined);
    return latest && versionRecord(latest);
  }

  versionOfRun(model: string, artifact: string, runId: string): VersionRecord | undefined {
    const found = this.runs
      .get(runId)
      ?.findLast(
        (version) =>
          version.model === model && version.event.artifact.digest === artifact && version.deletedSeq === undefined,
      );
    return found && versionRecord(found);
  }

  stagesInUse(model: string): readonly string[] {
    return [...(this.stages.get(model) ?? [])]
      .flatMap(([stage, versions]) => (versions.size > 0 ? [stage] : []))
      .sort();
  }

  versionsInStage(model: string, stage: string, limit: number): readonly VersionRecord[] {
    const versions = [...(this.stages.get(model)?.get(stage) ?? [])];
    return versions
      .sort((a, b) => a.number - b.number)
      .slice(0, limit)
      .map(versionRecord);
  }

  holderStack(model: string, stage: string, limit: number): readonly string[] {
    return this.stacks.get(model)?.get(stage)?.top(limit) ?? [];
  }

  isOnHolderStack(model: string, stage: string, version: string): boolean {
    return this.stacks.get(model)?.get(stage)?.has(version) ?? false;
  }

  hasHeld(version: string, stage: string): boolean {
    return this.versions.get(version)?.held.has(stage) ?? false;
  }

  lastHolder(model: string, stage: string, except: string): VersionRecord | undefined {
    const arrivals = this.arrivals.get(`${model}/${stage}`) ?? [];
    const last = arrivals.findLast(({ event, deletedSeq }) => event.version !== except && deletedSeq === undefined);
    return last && versionRecord(last);
  }

  alias(model: string, alias: string): string | undefined {
    return this.models.get(model)?.aliases.get(alias);
  }

  aliasesOfModel(model: string): readonly string[] {
    return [...(this.models.get(model)?.aliases.keys() ?? [])].sort();
  }

  aliasesOfVersion(version: string): readonly string[] {
    return [...(this.versions.get(version)?.aliases ?? [])].sort();
  }

  tag(subject: string, key: string): string | undefined {
    return this.tags.get(subject)?.get(key);
  }

  metric(version: string, name: string): number | string | undefined {
    const metrics = this.versions.get(version)?.metrics ?? {};
    return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  }

  artifactStatus(digest: string): 'published' | 'withdrawn' | undefined {
    return this.artifacts.get(digest)?.status;
  }

  versionsOfArtifact(digest: string, limit: number): readonly VersionRecord[] {
    const versions = this.byArtifact.get(digest) ?? [];
    return versions
      .filter(({ deletedSeq }) => deletedSeq === undefined)
      .slice(0, limit)
      .map(versionRecord);
  }

  policy(model: string): Policy | undefined {
    return this.models.get(model)?.policy;
  }

  policies(): readonly Policy[] {
    return [...this.models.values()].flatMap(({ policy, deletedSeq }) =>
      policy === undefined || deletedSeq !== undefined ? [] : [policy],
    );
  }

  votes(subject: string, target: string): readonly Vote[] {
    return this.reviews.votes(subject, target);
  }

  authorOf(version: string): FactAuthor {
    return this.versions.get(version)?.source.by ?? { name: '', email: '' };
  }

  gateRecord(version: string, stage: string, gate: string): GateRecord | undefined {
    return this.reviews.gateRecord(version, stage, gate);
  }

  gateRecords(version: string, stage: string): readonly GateRecord[] {
    return this.reviews.gateRecords(version, stage);
  }

  hasRequest(subject: string, target: string): boolean {
    return this.reviews.hasRequest(subject, target);
  }

  requestCount(subject: string): number {
    return this.reviews.requestCount(subject);
  }

  #version(anyId: string): BulkVersion | undefined {
    return this.versions.get(this.versionIds.get(anyId) ?? anyId);
  }
}
