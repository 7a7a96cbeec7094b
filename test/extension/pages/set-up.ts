import { RegistryError } from '../../../src/base/errors.ts';
import { EarlierPages } from '../../../src/extension/pages/earlier-pages.ts';
import { createPages, type PagesOptions } from '../../../src/extension/pages/pages.ts';
import { bringBack } from '../../../src/extension/pages/pages-later.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { comparison } from '../../webviews/comparison-examples.ts';
import { idOf, versionDetails, versionSummary } from '../../webviews/examples.ts';
import { gate } from '../../webviews/gate-examples.ts';
import { editor, fakeMemory } from './fake-editor.ts';

// For tests that replace the editor with the fake one.

export const registryDir = '/registry';
export const pageOf = (number: number) => ({ registryDir, versionId: idOf(number) });

/** Pages of a registry in which there is every version that is asked for. */
export function setUp(registry: Partial<Registry> = {}, isTrusted = () => true, memory = fakeMemory()) {
  const commands: unknown[] = [];
  const log: string[] = [];
  const write = (text: string) => void log.push(text);
  const full = {
    show: async ({ ref }: { ref: string }) => {
      const number = Number(ref.slice(-1));
      return versionDetails(number);
    },
    stages: async () =>
      ['candidate', 'staging', 'production', 'archived'].map((name) => ({ name, isExclusive: false })),
    showModel: async () => ({ production: versionSummary(1, { stage: 'production' }) }),
    listVersions: async () => ({ items: [] }),
    compare: async ({ refs }: { refs: readonly string[] }) => ({
      ...comparison(refs.length),
      tags: [{ name: 'team', values: ['payments', undefined], isDifferent: true }],
    }),
    ...registry,
  };
  const options: PagesOptions & { readonly memory: typeof memory } = {
    memory,
    earlier: new EarlierPages(memory),
    extensionUri: '/extension' as never,
    registryFor: async (dir) => {
      if (dir !== registryDir) throw new RegistryError('REGISTRY_NOT_FOUND', `There is no registry in ${dir}.`);
      return full as unknown as Registry;
    },
    directionsFor: async () => undefined,
    changedCode: {
      between: async () => undefined,
      openFile: async (versions, file) => void commands.push(['openFile', versions, file]),
      openAll: async (versions) => void commands.push(['openAll', versions]),
    },
    reviews: {
      running: () => undefined,
      gates: async () => ({ gates: [gate('auc')] }),
      versionGates: async () => ({ stages: [] }),
      run: async () => undefined,
      cancel: (state) => void commands.push(['cancel', state]),
      showOutput: () => void commands.push(['showOutput']),
      openEvidence: async (state, name) => void commands.push(['openEvidence', state, name]),
      decide: async (state, request, standing) => {
        commands.push(['decide', state, request, standing.holder?.number]);
        return { outcome: 'done' };
      },
    },
    isTrusted,
    runCommand: async (...call) => void commands.push(call),
    log: { warn: write, error: write } as never,
  };
  const pages = createPages(options);
  bringBack(async (...tab) => pages.restore(...tab));
  return { pages, options, commands, log };
}

/** The panel that was opened last. */
export function lastPanel() {
  const panel = editor.panels.at(-1);
  if (panel === undefined) throw new Error('No panel was opened.');
  return panel;
}

/** Closes and forgets all. */
export function clearEditor() {
  editor.panels.length = 0;
  editor.tabs.length = 0;
  editor.tellTabs.clear();
  editor.clipboard.length = 0;
  editor.activeColumn = 1;
  editor.settings = {};
}
