/** The views of the side bar. A test keeps this equal to package.json. */
export const VIEW_IDS = [
  'modelRegistry.production',
  'modelRegistry.reviews',
  'modelRegistry.models',
  'modelRegistry.activity',
  'modelRegistry.sharing',
] as const;

export type ViewId = (typeof VIEW_IDS)[number];
