import { expect, it, vi } from 'vitest';
import { idOf, versionDetails } from '../../webviews/examples.ts';

const { window, opened } = vi.hoisted(() => ({ window: {} as Record<string, unknown>, opened: [] as unknown[] }));

vi.mock('vscode', () => ({
  window,
  workspace: { openTextDocument: async (options: unknown) => void opened.push(options) },
}));

const { insertLoadSnippet } = await import('../../../src/extension/commands/loading.ts');

it('writes the Python that loads a version where the cursor is, and into a new file where no Python is open', async () => {
  const version = versionDetails(2, { stage: 'candidate', aliases: [] });
  const registry = { show: async () => version, showModel: async () => ({}), facts: async () => ({}) };
  const context = {
    registries: { existing: async () => [{ dir: '/registry', roots: [], connection: { registry } }] },
  } as never;
  const target = { registryDir: '/registry', versionId: idOf(2) };
  const written: unknown[] = [];
  const edit = async (how: (edit: unknown) => void) => {
    how({ replace: (place: unknown, text: string) => written.push([place, text]) });
    return true;
  };
  window.activeTextEditor = { document: { languageId: 'python' }, selection: 'here', edit };
  await insertLoadSnippet(context, target);
  expect(written).toEqual([['here', expect.stringContaining('from_registry("fraud-detector@2")')]]);
  window.activeTextEditor = { document: { languageId: 'yaml' }, selection: 'here', edit };
  window.showTextDocument = async () => undefined;
  await insertLoadSnippet(context, target);
  expect(written).toHaveLength(1);
  expect(opened).toMatchObject([{ language: 'python', content: expect.stringContaining('from_registry(') }]);
});
