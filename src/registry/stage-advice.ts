import { nearestKey } from '../project/nearest-key.ts';

/** `did you mean "production"?` where a stage has another capital, is cut short, or is misspelt; empty where none is near. */
export function stageAdvice(stage: string, names: readonly string[]): string {
  const lower = stage.toLowerCase();
  const begun = lower.length < 3 ? [] : names.filter((name) => name.startsWith(lower));
  const meant = begun.length === 1 ? begun[0] : nearestKey(lower, names);
  return meant === undefined ? '.' : `: did you mean "${meant}"?`;
}
