/** Every command of the extension; a test keeps this equal to package.json. */
export const COMMAND_IDS = [
  'modelRegistry.createRegistry',
  'modelRegistry.addProjectFile',
  'modelRegistry.registerVersion',
  'modelRegistry.promote',
  'modelRegistry.rollBack',
  'modelRegistry.archive',
  'modelRegistry.compareVersions',
  'modelRegistry.showVersion',
  'modelRegistry.search',
  'modelRegistry.restoreFiles',
  'modelRegistry.copyReference',
  'modelRegistry.setAlias',
  'modelRegistry.removeAlias',
  'modelRegistry.addNote',
  'modelRegistry.comment',
  'modelRegistry.renameModel',
  'modelRegistry.delete',
  'modelRegistry.verify',
  'modelRegistry.rebuildCatalog',
  'modelRegistry.openLog',
  'modelRegistry.refresh',
  'modelRegistry.showMore',
  'modelRegistry.showOutput',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];
