import type { Project } from './project-schema.ts';

/** Whether a project wants anything to be done after what is recorded: a folder, commands, webhooks, or what can't be read. */
export function hasFollowUps({ models, webhooks, refused, unusable }: Project): boolean {
  return (
    webhooks !== undefined ||
    refused !== undefined ||
    unusable !== undefined ||
    Object.values(models).some(({ deploy, after }) => deploy !== undefined || after !== undefined)
  );
}
