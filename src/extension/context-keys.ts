/** What `when` clauses in package.json ask for. A test keeps this equal to the keys used there. */
export const CONTEXT_KEYS = [
  'modelRegistry.state',
  'modelRegistry.hasProduction',
  'modelRegistry.hasRolledBack',
  'modelRegistry.hasProjectFile',
  'modelRegistry.hasImports',
  'modelRegistry.isShared',
  'modelRegistry.hasReviews',
  'modelRegistry.modelsFiltered',
  'modelRegistry.activityFiltered',
  'modelRegistry.registeredOutputs',
] as const;

export type ContextKey = (typeof CONTEXT_KEYS)[number];

/** `absent`: no folder has a registry. `empty`: there are registries, without models. `ready`: there are models, or a problem to show. */
export type RegistryPresence = 'absent' | 'empty' | 'ready';
