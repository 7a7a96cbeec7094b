import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandId } from '../../../src/extension/command-ids.ts';
import { COMMAND_IDS } from '../../../src/extension/command-ids.ts';

const registered = new Map<string, (...args: unknown[]) => Promise<void>>();
const warned: string[] = [];
const folder = {
  name: 'cloned',
  index: 0,
  uri: { scheme: 'file', fsPath: '/cloned', toString: () => 'file:///cloned' },
};

vi.mock('vscode', () => ({
  commands: {
    registerCommand: (id: string, run: () => Promise<void>) => {
      registered.set(id, run);
      return { dispose: () => undefined };
    },
  },
  workspace: { isTrusted: false, workspaceFolders: [folder] },
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
  },
  CompletionItemKind: {},
  ThemeIcon: class {},
  TreeItem: class {},
  QuickInputButtons: {},
}));
vi.mock('../../../src/extension/notify.ts', () => ({
  warn: async (text: string) => void warned.push(text),
  complain: async () => undefined,
  inform: async () => undefined,
  tellBriefly: () => undefined,
}));
const { registerCommands } = await import('../../../src/extension/commands/register-commands.ts');

/** They show something, or change what the views show of a registry. The sample has a folder of its own, and the catalog is only derived. */
const LOOKING: readonly CommandId[] = [
  'modelRegistry.arrangeModels',
  'modelRegistry.clearActivityFilter',
  'modelRegistry.clearModelFilter',
  'modelRegistry.compareFiles',
  'modelRegistry.compareVersions',
  'modelRegistry.copyLink',
  'modelRegistry.copyReference',
  'modelRegistry.filterActivity',
  'modelRegistry.filterModels',
  'modelRegistry.insertLoadSnippet',
  'modelRegistry.openFiles',
  'modelRegistry.openLog',
  'modelRegistry.openSample',
  'modelRegistry.rebuildCatalog',
  'modelRegistry.plotVersions',
  'modelRegistry.refresh',
  'modelRegistry.review',
  'modelRegistry.search',
  'modelRegistry.sharingMenu',
  'modelRegistry.showChanges',
  'modelRegistry.showDiskUse',
  'modelRegistry.showLineage',
  'modelRegistry.showModel',
  'modelRegistry.showMore',
  'modelRegistry.showOutput',
  'modelRegistry.showOutputVersion',
  'modelRegistry.showProposal',
  'modelRegistry.showVersion',
  'modelRegistry.verify',
];

/** A row that any command takes for one of its own. */
const row = {
  ...{
    kind: 'version',
    registryDir: '/cloned/.model-registry',
    modelId: '01JD0000000000000000000001',
    versionId: '01JD0000000000000000000002',
    stage: 'production',
  },
  ...{ id: 'i', model: 'fraud', digest: 'd', isAgain: false },
};

describe('in Restricted Mode', () => {
  const touched: string[] = [];
  /** Whatever a command asks for is written down, and not there. */
  const context = new Proxy(
    {},
    {
      get: (_target, name) =>
        new Proxy(
          {},
          {
            get: (_part, member) => {
              // That a row was used ends the box of the filter, and no more.
              if (name !== 'log' && member !== 'noteUsed') touched.push(`${String(name)}.${String(member)}`);
              return () => undefined;
            },
          },
        ),
    },
  );
  registerCommands(context as never);
  beforeEach(() => {
    touched.length = 0;
    warned.length = 0;
  });

  it.each(COMMAND_IDS.filter((id) => !LOOKING.includes(id)))(
    '%s says that nothing is changed, and asks no registry',
    async (id) => {
      await registered.get(id)?.(row);
      expect(warned).toEqual([expect.stringContaining('Restricted Mode')]);
      expect(touched).toEqual([]);
    },
  );
});
