import { isSameModel } from '../project/model-name.ts';
import { nearestKey } from '../project/nearest-key.ts';
import type { Project } from '../project/project-schema.ts';
import { isDeclared } from './declared.ts';

/** The sections that have gates. Of one that can't be used, nobody knows what is in it. */
export function sectionsWithGates({ models, refused = [] }: Project): readonly string[] {
  const declared = Object.entries(models).filter(([, { gates = {} }]) => Object.keys(gates).length > 0);
  return [...declared.map(([name]) => name), ...refused.map(({ name }) => name)];
}

/** Whether the name of a section is so like that of a model that it was probably meant: then what it declares counts for nobody. */
export function isNearly(section: string, model: string): boolean {
  return !isSameModel(section, model) && nearestKey(section, [model]) !== undefined;
}

/** The model of the registry that a section is probably meant for, which has none of its own; `section` is no model's name. */
export function meantModel(project: Project, section: string, models: readonly string[]): string | undefined {
  return nearestKey(
    section,
    models.filter((model) => isNearly(section, model) && !isDeclared(project, model)),
  );
}
