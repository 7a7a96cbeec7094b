import type { DeclaredDirections } from '../../base/metrics.ts';
import { declaredDirections } from '../../project/directions.ts';
import type { WorkspaceRegistry } from './registries.ts';

/** What the project files of a registry's workspace folders declare about a model's metrics. One that can't be read declares nothing. */
export async function directionsIn(
  { roots, connection }: Pick<WorkspaceRegistry, 'roots' | 'connection'>,
  model: string,
): Promise<DeclaredDirections | undefined> {
  for (const { uri } of roots) {
    const models = (await connection.project(uri.fsPath).catch(() => undefined))?.models ?? {};
    const declared = Object.hasOwn(models, model) ? declaredDirections(models[model]) : undefined;
    if (declared) return declared;
  }
  return undefined;
}
