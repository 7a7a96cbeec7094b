import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { VersionPageData } from '../../../src/extension/messages/page-data.ts';
import { versionDetails, versionPage } from '../../webviews/examples.ts';

vi.mock('vscode', async () => (await import('./fake-editor.ts')).fakeVscode);

const { FakePanel } = await import('./fake-editor.ts');
const { postTo, showPage } = await import('../../../src/extension/pages/page-webview.ts');

const OVERRIDES = /[\u202a-\u202e]/;
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u202a', '\u202b', '\u202c', '\u202d', '\u202e'),
    fc.constantFrom('\u2066', '\u2069', '\u200f', '\u2029', 'א', '"', '\\', '&', '\ufffd'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});
const data = fc
  .record({ description: text, metrics: fc.dictionary(text, fc.double()), aliases: fc.array(text) })
  .map(({ metrics, ...rest }) => versionPage(versionDetails(2, { ...rest, metrics: { ...metrics, auc: 0.5 } })));

const entities = [
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
] as const;

/** What a page of these data comes with, and what it is answered. */
async function sentOf(page: VersionPageData): Promise<readonly VersionPageData[]> {
  const panel = new FakePanel();
  const load = async () => page;
  const showing = showPage<'version'>(panel.webview as never, {
    extensionUri: '/extension' as never,
    kind: 'version',
    title: () => 'A \u202eversion\u202c',
    state: { registryDir: '/registry', versionId: page.version.id },
    handlers: { load } as never,
    first: load(),
    isOpen: () => true,
    log: { warn: () => undefined, error: () => undefined },
  });
  await panel.receive({ id: 1, method: 'load', params: {} });
  await vi.waitFor(() => expect(panel.webview.html).not.toBe(''), { interval: 1 });
  showing.dispose();
  expect(JSON.stringify([panel.webview.html, panel.posted])).not.toMatch(OVERRIDES);
  const escaped = /data-first="([^"]*)"/.exec(panel.webview.html)?.[1] ?? '';
  const first = entities.reduce((rest, [entity, character]) => rest.replaceAll(entity, character), escaped);
  const [answer] = panel.posted as { readonly data: VersionPageData }[];
  if (!answer) throw new Error('The page got no answer.');
  return [JSON.parse(first), answer.data];
}

/** Character by character. */
function replaced(value: string): string {
  return Array.from({ length: value.length }, (_, index) => {
    const unit = value.charCodeAt(index);
    return unit >= 0x202a && unit <= 0x202e ? '\ufffd' : value.charAt(index);
  }).join('');
}

it('sends a page no character that turns others around, in texts and in names, and changes nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(data, async (page) => {
      for (const { version } of await sentOf(page)) {
        expect(version.description).toBe(replaced(page.version.description));
        expect(version.aliases).toEqual(page.version.aliases.map(replaced));
        expect(new Set(Object.keys(version.metrics))).toEqual(new Set(Object.keys(page.version.metrics).map(replaced)));
      }
    }),
    { numRuns: 60 },
  );
});

it('hands on as it is what has none', async () => {
  const { webview, posted } = new FakePanel();
  const message = { kind: 'changed' } as const;
  await postTo(webview as never, message);
  expect(posted[0]).toBe(message);
});
