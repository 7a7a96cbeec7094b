/** Why the bytes of a version stay. `unshared`: a shared registry doesn't have them, so that they are nowhere else. */
export type KeepReason = 'stage' | 'alias' | 'rollback' | 'window' | 'newest' | 'lineage' | 'budget' | 'unshared';

/** What the rule looks at. */
export interface KeepCandidate {
  readonly id: string;
  readonly artifact: string;
  readonly sizeBytes: number;
  /** In a stage other than `candidate` and `archived`. */
  readonly isServing: boolean;
  readonly hasAlias: boolean;
  /** A rollback could go to it now. */
  readonly isRollbackTarget: boolean;
  /** When it left a stage that serves for the last time, milliseconds since the epoch; undefined where it never was in one. */
  readonly leftServingAtMs?: number;
  readonly isNewestOfModel: boolean;
  /** The base model of this version. */
  readonly base?: string;
}

export interface KeepRule {
  readonly nowMs: number;
  readonly windowMs: number;
  /** Undefined keeps every version. */
  readonly budgetBytes?: number;
}

/**
 * Says for each version, given newest first, why its bytes stay: no reason means that they may go. The budget counts each artifact
 * once, and only those that nothing else keeps, newest first; an artifact that doesn't fit goes even if a smaller, older one would
 * fit, so that what is kept has no holes.
 */
export function reasonsToKeep(
  newestFirst: readonly KeepCandidate[],
  { nowMs, windowMs, budgetBytes }: KeepRule,
): ReadonlyMap<string, readonly KeepReason[]> {
  const reasons = new Map<string, KeepReason[]>();
  for (const version of newestFirst) {
    const own: KeepReason[] = [];
    if (version.isServing) own.push('stage');
    if (version.hasAlias) own.push('alias');
    if (version.isRollbackTarget && !version.isServing) own.push('rollback');
    if (version.leftServingAtMs !== undefined && nowMs - version.leftServingAtMs <= windowMs) own.push('window');
    if (version.isNewestOfModel) own.push('newest');
    reasons.set(version.id, own);
  }
  keepWithinBudget(newestFirst, reasons, budgetBytes ?? Number.POSITIVE_INFINITY);
  keepBases(newestFirst, reasons);
  return reasons;
}

function keepWithinBudget(
  newestFirst: readonly KeepCandidate[],
  reasons: ReadonlyMap<string, KeepReason[]>,
  budgetBytes: number,
): void {
  const kept = new Set<string>();
  for (const { id, artifact } of newestFirst) if ((reasons.get(id)?.length ?? 0) > 0) kept.add(artifact);
  let left = budgetBytes;
  for (const { id, artifact, sizeBytes } of newestFirst) {
    if (reasons.get(id)?.length !== 0) continue;
    if (!kept.has(artifact)) {
      left -= sizeBytes;
      if (left < 0) continue;
      kept.add(artifact);
    }
    reasons.get(id)?.push('budget');
  }
}

/** What a kept version was made from is kept with it, and so on. */
function keepBases(newestFirst: readonly KeepCandidate[], reasons: ReadonlyMap<string, KeepReason[]>): void {
  const byId = new Map(newestFirst.map((version) => [version.id, version]));
  const pending = newestFirst.filter(({ id }) => (reasons.get(id)?.length ?? 0) > 0);
  for (let version = pending.pop(); version; version = pending.pop()) {
    const base = version.base === undefined ? undefined : byId.get(version.base);
    const own = base && reasons.get(base.id);
    if (!base || !own || own.includes('lineage')) continue;
    if (own.length === 0) pending.push(base);
    own.push('lineage');
  }
}
