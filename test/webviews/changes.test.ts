import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChangesPageData } from '../../src/extension/messages/page-data.ts';
import { changes, changesWithUnrecorded, codeBetween, idOf, longName, markup, versionDetails } from './examples.ts';
import { cutOff, type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(data: ChangesPageData, options: Partial<OpenOptions<'changes'>> = {}) {
  opened = await harness.open({
    kind: 'changes',
    data: async () => data,
    codeBetween: async () => codeBetween(),
    ...options,
  });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('the page of what changed', () => {
  it('says in one line what changed, then everything, with code and data before metrics', async () => {
    const page = await open(changes());
    await expect
      .poll(() => page.locator('.changes-summary').innerText())
      .toBe(
        '3 commits by Ada Lovelace and Grace Hopper change 4 files; 2 data entries differ; learning_rate 0.05 → 0.1; packages: 1 upgraded, 1 downgraded, 1 added; python 3.11.4 → 3.12.1; test_auc 0.9412 → 0.9301 (−0.0111, worse); loss 0.2 → 0.19 (−0.01, better).',
      );
    expect(await page.locator('h2').allInnerTexts()).toEqual([
      'Code',
      'Data 2',
      'Params 1',
      'Packages 3',
      'Environment and run 1',
      'Metrics 2',
      'Model and weights',
    ]);
    expect(await page.locator('tr', { hasText: 'numpy' }).innerText()).toMatch(/1\.26\.4\s+2\.0\.0\s+upgraded/);
    expect(await page.locator('tr', { hasText: 'test_auc' }).innerText()).toContain('−0.0111 worse');
    expect(opened.errors).toEqual([]);
  });

  it('lists a metric that only one of them has as not recorded of the other, and never as the same', async () => {
    const metrics = [{ name: 'f1', values: [null, 0.8], isDifferent: false, isKnown: [false, true] }];
    const page = await open(changes({ metrics }));
    expect(await page.locator('#metrics tr', { hasText: 'f1' }).innerText()).toMatch(/not recorded\s+0\.8/);
    expect(await page.getByText('The same in both').allInnerTexts()).not.toContainEqual(
      expect.stringContaining('metrics'),
    );
  });

  it('shows in a narrow page what a file was called and what it is called, both to their ends', async () => {
    const from = 'src/features/merchants/graph/aggregate_before.py';
    const path = 'src/features/merchants/graph/aggregate_after.py';
    const between = codeBetween();
    const files = [{ kind: 'moved', path, from, addedLines: 1, removedLines: 2 } as const];
    const page = await open(changes(), { width: 320, codeBetween: async () => ({ ...between, files, fileCount: 1 }) });
    const names = page.locator('.changed-files .cut-name');
    expect(await names.allInnerTexts()).toEqual([from, path]);
    const [before, after] = await Promise.all([0, 1].map((place) => names.nth(place).boundingBox()));
    expect(after?.y).toBeGreaterThanOrEqual((before?.y ?? 0) + (before?.height ?? 0) - 1);
    expect((after?.x ?? 0) + (after?.width ?? 0)).toBeLessThan(320);
    const ends = await names.evaluateAll((all) => all.map((name) => name.querySelector('.cut-end')?.textContent));
    expect(ends).toEqual([from.slice(-8), path.slice(-8)]);
  });

  it('keeps a sign beside the text that it stands for, however long that is', async () => {
    const between = codeBetween();
    const isMissing = { ...between, missing: ['x'.repeat(80)] };
    const page = await open(changes(), { width: 320, codeBetween: async () => isMissing });
    const lines = await page.locator('.warning', { hasText: 'xxx' }).evaluate((warning) => {
      const sign = warning.querySelector('.codicon')?.getBoundingClientRect();
      const text = warning.querySelector('.wrap')?.getClientRects()[0];
      return { sign: sign?.top ?? 0, text: text?.top ?? 100 };
    });
    expect(Math.abs(lines.sign - lines.text)).toBeLessThan(8);
  });

  it('takes what was recorded of one alone for no difference, and says what that is', async () => {
    const page = await open(changesWithUnrecorded());
    await expect
      .poll(() => page.locator('.changes-summary').innerText())
      .toMatch(/^2 data entries differ; learning_rate/);
    expect(await page.locator('.changes-summary').innerText()).not.toMatch(/command|python/);
    expect(await page.getByText('Not recorded for').innerText()).toContain(
      'Not recorded for @1: code, packages, command, machine, python.',
    );
  });

  it('calls parts of the environment in German as the comparison does', async () => {
    const texts = JSON.parse(await readFile('l10n/bundle.l10n.de.json', 'utf8'));
    const environment = ['command', 'GPU driver'].map((name) => ({ name, values: ['a', 'b'], isDifferent: true }));
    const page = await open(changes({ environment }), { language: { tag: 'de', texts } });
    await expect.poll(() => page.locator('.changes-summary').innerText()).toContain('anders: Befehl und GPU-Treiber');
    expect(await page.locator('#environment').innerText()).toMatch(/Befehl.*GPU-Treiber/s);
  });

  it('opens a file, all files, a version and both side by side', async () => {
    const page = await open(changes());
    await page.getByRole('button', { name: 'split.py → src/split.py' }).click();
    await page.getByRole('button', { name: 'train.py' }).click();
    await page.getByRole('button', { name: 'Open all files' }).click();
    await page.getByRole('button', { name: '@2', exact: true }).click();
    await page.getByRole('button', { name: 'Swap' }).click();
    await page.getByRole('button', { name: 'Compare side by side' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'openFileChange', params: { path: 'src/split.py', from: 'split.py' } },
        { method: 'openFileChange', params: { path: 'train.py' } },
        { method: 'openFileChanges', params: {} },
        { method: 'openVersion', params: { ref: idOf(2) } },
        { method: 'openChanges', params: { before: idOf(2), after: idOf(1) } },
        { method: 'openComparison', params: { versionIds: [idOf(1), idOf(2)] } },
      ]);
    expect(opened.ignored).toEqual([]);
  });

  it('tells what was recorded while git is asked, and why it could not tell more', async () => {
    let answer: (fail: Error) => void = () => undefined;
    const failing = new Promise<never>((_, reject) => {
      answer = reject;
    });
    const page = await open(changes(), { codeBetween: () => failing });
    await page.getByText('Asking git…').waitFor();
    expect(await page.locator('.changes-summary').innerText()).toContain(
      'Code from another commit; 2 data entries differ',
    );
    answer(new Error('The commit aaaaaaaaaaaa isn’t in /home/ada/fraud.'));
    await page.getByText('isn’t in /home/ada/fraud').waitFor();
    await page.getByRole('button', { name: 'Retry' }).waitFor();
  });

  it('names what is the same and what was never recorded', async () => {
    const { before } = changes().code;
    const page = await open(
      changes({
        code: before ? { before, after: before } : {},
        data: [],
        packages: [],
        hasPackages: [true, false],
        params: [],
        metrics: [],
        environment: [],
        facts: [],
        weights: 'same',
      }),
    );
    expect(await page.locator('.changes-summary').innerText()).toMatch(/^The same weights in other files/);
    expect(await page.locator('main').innerText()).toContain('The same in both: code, data, params.');
    expect(await page.locator('main').innerText()).toContain('Not recorded for @2: packages.');
    expect(await page.locator('h2').allInnerTexts()).toEqual(['Model and weights']);
  });

  it.each([
    [[2], 'those of fraud-detector@2 weren’t read'],
    [[1, 2], 'those of neither version were read'],
  ])('says of which versions the weights aren’t known: %j', async (numbers, text) => {
    const version = (number: number) => ({
      ...versionDetails(number),
      facts: { format: 'safetensors', ...(numbers.includes(number) ? {} : { weights: 'a'.repeat(64) }) },
    });
    const page = await open(changes({ before: version(1), after: version(2), weights: 'unknown' }));
    expect(await page.locator('#model').innerText()).toContain(text);
  });

  it('shows what others wrote as text, and long names without widening the page', async () => {
    const between = codeBetween({
      files: [{ path: `src/${longName}.py`, kind: 'changed', addedLines: 1, removedLines: 1 }],
      added: {
        count: 2000,
        commits: [{ commit: 'c'.repeat(40), author: markup, at: 'no time', subject: `${markup} ${longName}` }],
      },
      missing: ['This is a shallow clone.'],
    });
    const params = [{ name: longName, values: [markup, longName], isDifferent: true }];
    for (const width of [220, 480, 1400]) {
      const page = await open(changes({ params }), { width, codeBetween: async () => between });
      await page.getByText('and 1,999 earlier ones').waitFor();
      await page.getByText('This is a shallow clone.').waitFor();
      expect(await page.locator('main b, main img').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(opened.errors).toEqual([]);
      if (width !== 1400) await opened.close();
    }
  });

  it('says below a list that scrolls how many commits aren’t in it', async () => {
    const commits = Array.from({ length: 12 }, (_, index) => ({
      commit: `${String(index).padStart(4, '0')}${'d'.repeat(36)}`,
      author: 'Ada Lovelace',
      at: '2026-11-19T09:14:00.000Z',
      subject: `Change ${index}`,
    }));
    const page = await open(changes(), { codeBetween: async () => codeBetween({ added: { count: 2000, commits } }) });
    await page.getByText('and 1,988 earlier ones').waitFor();
    expect(await page.locator('.history-list', { hasText: 'earlier ones' }).count()).toBe(0);
  });

  it('cuts nothing off in a narrow page', async () => {
    const page = await open(changes(), { width: 220 });
    expect(await cutOff(page, '.before-after .what, .metrics td')).toEqual([]);
  });

  it('filters many commits, and keeps the rest in reach', async () => {
    const commits = Array.from({ length: 500 }, (_, index) => ({
      commit: `${String(index).padStart(4, '0')}${'d'.repeat(36)}`,
      author: 'Ada Lovelace',
      at: '2026-11-19T09:14:00.000Z',
      subject: `Change ${index}`,
    }));
    const page = await open(changes(), { codeBetween: async () => codeBetween({ added: { count: 500, commits } }) });
    await page.getByText('500 commits', { exact: true }).waitFor();
    await page.getByLabel('Filter commits').fill('Change 42');
    await expect.poll(() => page.locator('.commits tbody tr').count()).toBe(11);
  });
});
