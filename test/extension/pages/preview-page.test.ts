import { beforeEach, describe, expect, it, vi } from 'vitest';
import { numberBefore } from '../../../src/base/request-numbers.ts';
import { idOf, versionDetails } from '../../webviews/examples.ts';
import { modelId } from '../../webviews/model-examples.ts';

vi.mock('vscode', async () => (await import('./fake-editor.ts')).fakeVscode);

const { editor, fakeMemory, webviewTab } = await import('./fake-editor.ts');
const { clearEditor, lastPanel, pageOf, registryDir, setUp } = await import('./set-up.ts');

const rowOf = (number: number) => ({ ...pageOf(number), keepsFocus: true });
/** The first request of the page that is the panel's so many-th. */
const firstOf = (turn: number) => numberBefore(turn) + 1;

/** Rows are clicked slowly, so that no two clicks are a double click. */
let now = 0;
function later() {
  now += 10_000;
}

beforeEach(() => {
  clearEditor();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return () => void vi.restoreAllMocks();
});

async function opened(pages: ReturnType<typeof setUp>['pages'], number: number) {
  later();
  pages.openVersion(rowOf(number));
  await vi.waitFor(() => expect(lastPanel().webview.html).toContain(idOf(number)));
}

describe('the page of a row', () => {
  it('takes the place of the one that was only looked at', async () => {
    const { pages } = setUp();
    await opened(pages, 1);
    await opened(pages, 2);
    expect(editor.panels).toHaveLength(1);
    expect(lastPanel().webview.html).toContain('data-turn="1"');
    await lastPanel().receive({ id: firstOf(1), method: 'load', params: {} });
    expect(lastPanel().posted).toMatchObject([{ kind: 'data', data: { version: { number: 2 } } }]);
    expect(lastPanel().title).toBe('fraud-detector@2');
    // The one before isn't open any more.
    expect(pages.versionInFront()).toBeUndefined();
    lastPanel().active = true;
    expect(pages.versionInFront()).toEqual(pageOf(2));
  });

  it('isn’t told what the one before still asked for', async () => {
    const { pages } = setUp();
    await opened(pages, 1);
    await opened(pages, 2);
    await lastPanel().receive({ id: firstOf(0), method: 'load', params: {} });
    await lastPanel().receive({ id: 7, method: 'act', params: { action: 'promote', versionId: idOf(1) } });
    expect(lastPanel().posted).toEqual([]);
  });

  it('doesn’t get an answer that was under way for the one before', async () => {
    let answer: (() => void) | undefined;
    const { pages } = setUp({
      show: async ({ ref }) => {
        if (ref === idOf(1)) await new Promise<void>((done) => (answer = done));
        return versionDetails(Number(ref.slice(-1)));
      },
    });
    pages.openVersion(rowOf(1));
    await vi.waitFor(() => expect(answer).toBeDefined());
    const asked = lastPanel().receive({ id: firstOf(0), method: 'load', params: {} });
    await opened(pages, 2);
    answer?.();
    await asked;
    expect(lastPanel().posted).toEqual([]);
    expect(lastPanel().title).not.toBe('fraud-detector@1');
    expect(lastPanel().webview.html).toContain(idOf(2));
  });

  it('has no title of the one before where it can’t be read', async () => {
    const { pages } = setUp({
      show: async ({ ref }) => {
        if (ref === idOf(3)) throw new Error('The log is broken.');
        return versionDetails(Number(ref.slice(-1)));
      },
    });
    await opened(pages, 2);
    await lastPanel().receive({ id: firstOf(0), method: 'load', params: {} });
    expect(lastPanel().title).toBe('fraud-detector@2');
    await opened(pages, 3);
    await lastPanel().receive({ id: firstOf(1), method: 'load', params: {} });
    expect(lastPanel().title).toBe('Version');
    expect(lastPanel().posted.at(-1)).toMatchObject({ kind: 'failure' });
  });

  it.each<[string, (pages: ReturnType<typeof setUp>['pages']) => unknown]>([
    ['that was clicked or typed in', () => lastPanel().receive({ id: 1, method: 'keep', params: {} })],
    ['that was opened by a double click', (pages) => pages.openVersion(rowOf(1))],
    ['that was opened in another way', (pages) => pages.openVersion(pageOf(1))],
    ['in another group of tabs', () => (editor.activeColumn = 2)],
    [
      'that is pinned',
      () => {
        editor.tabs.push({ ...webviewTab('modelRegistry.version', lastPanel().title, true), isPinned: true });
      },
    ],
    [
      'where the editor’s previews are switched off meanwhile',
      () => (editor.settings['workbench.editor.enablePreview'] = false),
    ],
  ])('leaves a page %s', async (_how, keep) => {
    const { pages } = setUp();
    await opened(pages, 1);
    await keep(pages);
    await opened(pages, 2);
    expect(editor.panels).toHaveLength(2);
    expect(editor.panels[0]?.isDisposed).toBe(false);
    expect(editor.panels[0]?.webview.html).toContain(idOf(1));
  });

  it('leaves a page that was opened in another way from the start', async () => {
    const { pages } = setUp();
    pages.openVersion(pageOf(1));
    await opened(pages, 2);
    await opened(pages, 3);
    expect(editor.panels.map(({ webview }) => webview.html.includes('data-preview'))).toEqual([false, true]);
    expect(editor.panels[1]?.webview.html).toContain(idOf(3));
  });

  it('comes to the front where it is open, and the one that was looked at stays the one to be replaced', async () => {
    const { pages } = setUp();
    pages.openVersion(pageOf(1));
    await opened(pages, 2);
    later();
    pages.openVersion(rowOf(1));
    expect(editor.panels[0]?.revealed).toBe(1);
    await opened(pages, 3);
    expect(editor.panels).toHaveLength(2);
  });

  it('closes the page of another kind that was only looked at', async () => {
    const { pages } = setUp();
    await opened(pages, 1);
    later();
    pages.openModel({ registryDir, modelId, keepsFocus: true });
    expect(editor.panels.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
    await opened(pages, 2);
    expect(editor.panels.map(({ isDisposed }) => isDisposed)).toEqual([true, true, false]);
  });

  it('has the title of its tab before it asks, in its document too', async () => {
    const { pages } = setUp();
    await opened(pages, 2);
    await lastPanel().receive({ id: firstOf(0), method: 'load', params: {} });
    await opened(pages, 3);
    expect(lastPanel().title).toBe('fraud-detector@3');
    expect(lastPanel().webview.html).toContain('<title>fraud-detector@3</title>');
  });

  it('is kept by a double click also when it was looked at for a while', async () => {
    const { pages } = setUp();
    await opened(pages, 1);
    later();
    pages.openVersion(rowOf(1));
    pages.openVersion(rowOf(1));
    await opened(pages, 2);
    expect(editor.panels).toHaveLength(2);
  });

  it('is where its tab was left by an earlier process, as one that is kept, and the preview stays one', async () => {
    const left = { page: { kind: 'version', state: pageOf(3) }, title: 'fraud-detector@3' };
    editor.tabs.push(webviewTab('modelRegistry.version', left.title, false));
    const { pages } = setUp({}, () => true, fakeMemory({ 'modelRegistry.openPages': [left] }));
    await opened(pages, 1);
    await opened(pages, 3);
    await opened(pages, 3);
    later();
    pages.openVersion(rowOf(2));
    await vi.waitFor(() => expect(editor.panels[0]?.webview.html).toContain(idOf(2)));
    expect(editor.panels.map(({ isDisposed }) => isDisposed)).toEqual([false, false]);
    expect(editor.panels[1]?.webview.html).toContain(idOf(3));
    expect(editor.panels[1]?.webview.html).not.toContain('data-preview');
  });

  it('begins anew after it was closed', async () => {
    const { pages } = setUp();
    await opened(pages, 1);
    lastPanel().dispose();
    await opened(pages, 2);
    expect(editor.panels).toHaveLength(2);
    expect(lastPanel().webview.html).not.toContain('data-turn');
  });
});
