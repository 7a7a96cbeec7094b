import type { Policy } from '../log/policy-schema.ts';
import type { ModelRecord, VersionRecord } from '../rules/state.ts';

const MAX_RECORDS = 500;

/**
 * The models, with their policies, and versions that the rules asked for last, by their canonical ids: one commit asks for the same ones many times. Whoever
 * writes a record says so here.
 */
export class RecordCache {
  readonly #models = new Map<string, ModelRecord>();
  readonly #versions = new Map<string, VersionRecord>();
  /** Null for a model that has none. */
  readonly #policies = new Map<string, Policy | null>();

  model(id: string): ModelRecord | undefined {
    return this.#models.get(id);
  }

  version(id: string): VersionRecord | undefined {
    return this.#versions.get(id);
  }

  addModel(model: ModelRecord): ModelRecord {
    if (this.#models.size >= MAX_RECORDS) this.#models.clear();
    this.#models.set(model.id, model);
    return model;
  }

  addVersion(version: VersionRecord): VersionRecord {
    if (this.#versions.size >= MAX_RECORDS) this.#versions.clear();
    this.#versions.set(version.id, version);
    return version;
  }

  policy(model: string): Policy | null | undefined {
    return this.#policies.get(model);
  }

  addPolicy(model: string, policy: Policy | undefined): Policy | undefined {
    if (this.#policies.size >= MAX_RECORDS) this.#policies.clear();
    this.#policies.set(model, policy ?? null);
    return policy;
  }

  forgetModel(id: string): void {
    this.#models.delete(id);
  }

  forgetVersion(id: string): void {
    this.#versions.delete(id);
  }

  /** What was written is taken back, or touches more than one record. */
  forget(): void {
    this.#models.clear();
    this.#versions.clear();
    this.#policies.clear();
  }
}
