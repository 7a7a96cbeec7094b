import type { Project } from './project-schema.ts';

/** Whether a project wants anything to be done after what is recorded: a folder, commands, webhooks. */
export function hasFollowUps({ models, webhooks }: Project): boolean {
  return (
    webhooks !== undefined ||
    Object.values(models).some(({ deploy, after }) => deploy !== undefined || after !== undefined)
  );
}
