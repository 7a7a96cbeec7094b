import type { DeclaredDirections } from '../base/metrics.ts';
import type { ProjectModel } from './project-schema.ts';

/** Which way is better for the metrics that a model of the project file says it of; undefined where it says nothing. */
export function declaredDirections(model: ProjectModel | undefined): DeclaredDirections | undefined {
  const { 'higher-is-better': higher = [], 'lower-is-better': lower = [] } = model ?? {};
  return higher.length + lower.length === 0 ? undefined : { higher, lower };
}
