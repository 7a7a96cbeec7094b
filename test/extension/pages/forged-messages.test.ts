import fc from 'fast-check';
import * as v from 'valibot';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type RequestMethod, requestSchema } from '../../../src/extension/messages/requests.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { idOf, markup } from '../../webviews/examples.ts';
import { pageStates, validParams } from './valid-messages.ts';

vi.mock('vscode', async () => (await import('./fake-editor.ts')).fakeVscode);

const { editor, FakePanel, fakeMemory } = await import('./fake-editor.ts');
const { pagesLater } = await import('../../../src/extension/pages/pages-later.ts');

const kinds = Object.keys(pageStates) as (keyof typeof pageStates)[];
const methods = Object.keys(validParams) as RequestMethod[];

beforeEach(() => {
  editor.panels.length = 0;
  editor.clipboard.length = 0;
});

/** A page as the editor brings it back, and everything that it could do to the world. */
async function restored(kind: keyof typeof pageStates, saved: unknown = { page: pageStates[kind], ui: {} }) {
  const done: unknown[] = [];
  const note =
    (what: string) =>
    async (...args: readonly unknown[]) =>
      void done.push([what, ...args]);
  const registry = new Proxy({} as Registry, {
    get: (_target, name) => (name === 'then' ? undefined : note(`registry.${String(name)}`)),
  });
  const sync =
    (what: string) =>
    (...args: readonly unknown[]) =>
      void done.push([what, ...args]);
  pagesLater({
    extensionUri: '/extension' as never,
    registryFor: async () => registry,
    directionsFor: async () => undefined,
    changedCode: { between: async () => undefined, openFile: note('openFile'), openAll: note('openAll') },
    reviews: {
      running: () => undefined,
      gates: async () => ({ gates: [] }),
      versionGates: async () => ({ stages: [] }),
      run: note('run'),
      cancel: sync('cancel'),
      showOutput: sync('showOutput'),
      openEvidence: note('openEvidence'),
      decide: async (...args) => {
        done.push(['decide', ...args]);
        return { outcome: 'done' };
      },
    },
    isTrusted: () => true,
    memory: fakeMemory(),
    runCommand: note('runCommand'),
    log: { warn: () => undefined, error: () => undefined } as never,
  });
  const panel = new FakePanel();
  await editor.serializers.get(`modelRegistry.${kind}`)?.deserializeWebviewPanel(panel, saved);
  // What it reads before its script asks.
  await new Promise(setImmediate);
  done.length = 0;
  return { panel, done };
}

describe('messages that no page of ours sends', () => {
  const texts = fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    markup,
    'command:workbench.action.quit',
    '7',
    '\u0000',
  );
  const anything = fc.oneof(texts, fc.anything({ withNullPrototype: true, maxDepth: 3 }));
  /** A message as it should be, with one thing in it as it shouldn't. */
  const bent = fc
    .record({ method: fc.constantFrom(...methods), key: fc.nat(5), value: anything, place: fc.nat(3) })
    .map(({ method, key, value, place }): unknown => {
      const params: Record<string, unknown> = structuredClone(validParams[method]);
      const message: Record<string, unknown> = { id: 1, method, params };
      if (place === 0)
        return { ...message, [['id', 'method', 'params', 'command', 'kind', 'then'][key] ?? 'id']: value };
      if (place === 1)
        return JSON.parse(
          `{"__proto__":{"isTrusted":true},"id":1,"method":${JSON.stringify(method)},"params":{"__proto__":{"x":1}}}`,
        );
      const names = Object.keys(params);
      const name = place === 2 ? names[key % Math.max(1, names.length)] : 'extra';
      return { ...message, params: { ...params, [name ?? 'extra']: value } };
    });

  it.each(kinds)('do nothing to the page %s', async (kind) => {
    const { panel, done } = await restored(kind);
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, bent), async (message) => {
        fc.pre(!v.is(requestSchema, message));
        await panel.receive(message);
        expect([done, panel.posted, editor.clipboard, editor.panels]).toEqual([[], [], [], []]);
      }),
      { numRuns: 300 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is refused where it is longer than anything that a page asks', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => idOf(index));
    const many = [
      { id: 1, method: 'openComparison', params: { versionIds: ids } },
      { id: 1, method: 'arrangeComparison', params: { versionIds: ids } },
      { id: 1, method: 'copyText', params: { text: 'x'.repeat(2_000_001), what: 'it' } },
      { id: 1, method: 'tensorRows', params: { ...validParams.tensorRows, limit: 1e9 } },
      { id: 1, method: 'openFile', params: { ...validParams.openFile, path: 'x'.repeat(5000) } },
      { id: 1, method: 'decide', params: { ...validParams.decide, reviewers: ids } },
      { id: 1, method: 'glance', params: { number: '7' } },
    ];
    expect(many.filter((message) => v.is(requestSchema, message))).toEqual([]);
  });
});

describe('messages about what isn’t on the page', () => {
  const other = idOf(7);
  /** What only shows something of the registry, whatever it is. */
  const looks = ['modelRegistry.openFiles'];

  it.each(kinds)('change nothing and decide nothing on the page %s', async (kind) => {
    for (const method of methods.filter((name) => name !== 'cancel')) {
      const { panel, done } = await restored(kind);
      const text = JSON.stringify({ id: 1, method, params: validParams[method] });
      const message: unknown = JSON.parse(text.replaceAll(idOf(1), other).replaceAll(idOf(2), other));
      await panel.receive(message);
      const acts = done.filter((entry) => Array.isArray(entry) && !String(entry[0]).startsWith('registry.'));
      const commands = acts.filter((entry) => Array.isArray(entry) && !looks.includes(String(entry[1])));
      expect(JSON.stringify(commands), method).not.toContain(other);
    }
  });

  it('runs only commands of its own list, each with what the page is about', async () => {
    for (const kind of kinds) {
      for (const method of methods.filter((name) => name !== 'cancel')) {
        const { panel, done } = await restored(kind);
        await panel.receive({ id: 1, method, params: validParams[method] });
        const commands = done.filter((entry) => Array.isArray(entry) && entry[0] === 'runCommand');
        for (const [, id, target] of commands as readonly [string, string, { readonly registryDir: string }][]) {
          // The editor's own question is about nothing on the page.
          if (id === 'workbench.trust.manage') continue;
          expect(id).toMatch(/^modelRegistry\.\w+$/);
          expect(target.registryDir).toBe('/registry');
        }
      }
    }
  });
});

describe('pages over a reload of the window', () => {
  it.each(kinds)('the page %s comes back as it was', async (kind) => {
    const { panel } = await restored(kind);
    expect(panel.isDisposed).toBe(false);
    expect(panel.webview.html).toContain(`data-page="${kind}"`);
    const state = /data-state="([^"]*)"/.exec(panel.webview.html)?.[1]?.replaceAll('&quot;', '"');
    expect(JSON.parse(state ?? '')).toEqual(pageStates[kind]);
  });

  it.each(kinds)('the page %s is closed where what was saved is anything else', async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ maxDepth: 2 }), fc.boolean(), async (saved, isInside) => {
        const { panel } = await restored(kind, isInside ? { page: saved } : (saved ?? null));
        expect(panel.isDisposed).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
