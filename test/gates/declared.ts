import { declaredIn } from '../../src/gates/declared.ts';
import type { Declared } from '../../src/gates/evaluate-gates.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { makePlace, type Place, registerVersions } from '../registry/opened.ts';

export const TO_PRODUCTION = { ref: 'fraud@2', stage: 'production' };

/** A project file that declares these gates for production. */
export function declared(gates: string): (model: string) => Declared {
  const text = `models:\n  fraud:\n    outputs: [m]\n    gates: {production: [${gates}]}\n`;
  const project = parseProject(text, 'x');
  return (model) => declaredIn({ project, root: undefined }, model);
}

/** A registry with so many versions of a model. */
export async function withVersions(count: number): Promise<{ readonly place: Place; readonly registry: Registry }> {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, count);
  return { place, registry };
}
