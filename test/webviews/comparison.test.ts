import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ComparedRow, ComparisonPageData } from '../../src/extension/messages/page-data.ts';
import { comparison, comparisonWithUnrecorded, partlyKnown } from './comparison-examples.ts';
import { courses, idOf, longName, markup, versionDetails, versionSummary } from './examples.ts';
import { gatesOf } from './gate-examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';
import { themeNames } from './themes.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(compared: ComparisonPageData, options: Partial<OpenOptions<'comparison'>> = {}) {
  opened = await harness.open({ kind: 'comparison', data: async () => compared, ...options });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('the comparison of versions', () => {
  it('measures against production, and says better or worse', async () => {
    const page = await open(comparison(3));
    expect(await page.locator('thead th').nth(2).textContent()).toMatch(/fraud-detector@3.*production.*baseline/s);
    const auc = await page.locator('tr', { hasText: 'test_auc' }).innerText();
    expect(auc).toMatch(/0\.91.*−0\.02 worse.*0\.92.*−0\.01 worse.*0\.93/s);
    expect(await page.locator('tr', { hasText: 'train.loss' }).innerText()).toContain('+0.04 worse');
    expect(opened.errors).toEqual([]);
  });

  it('says of which version the packages were not recorded, and marks no difference there', async () => {
    const page = await open(comparisonWithUnrecorded(2));
    expect(await page.locator('#section-dependencies').innerText()).toMatch(/26, not recorded for fraud-detector@1$/);
    const section = page.locator('tbody', { has: page.locator('#section-dependencies') });
    expect(await section.locator('th[scope=row]').count()).toBe(0);
    expect(await section.innerText()).not.toContain('the same');
    await page.getByRole('button', { name: 'Show 26 rows that are missing in some versions' }).click();
    const first = section.locator('tr', { hasText: 'package-3' });
    await expect.poll(() => first.innerText()).toMatch(/not recorded.*3\.1\.0/s);
    expect(await first.locator('.differs').count()).toBe(0);
    await page.getByRole('button', { name: 'Fold what is missing in some versions' }).click();
    await expect.poll(() => section.locator('th[scope=row]').count()).toBe(0);
  });

  it('counts what was not recorded of a version neither as different nor as the same', async () => {
    const page = await open(comparisonWithUnrecorded(2));
    const environment = page.locator('tbody', { has: page.locator('#section-environment') });
    expect(await page.locator('#section-environment').innerText()).toMatch(
      /0 of 3 differ, 2 not recorded for some versions$/,
    );
    await environment.getByRole('button', { name: 'Show 2 rows that are missing in some versions' }).click();
    const python = environment.locator('tr', { hasText: 'python' });
    await expect.poll(() => python.innerText()).toMatch(/not recorded\s+3\.11\.2$/);
    expect(await environment.locator('.fold-row').allInnerTexts()).toEqual([
      expect.stringContaining('Show 1 row that is the same'),
      expect.stringContaining('Fold what is missing'),
    ]);
    await page.getByText('Show only differences').click();
    await expect.poll(() => page.locator('#section-environment').count()).toBe(0);
  });

  it('says of three versions which differ and of which one nothing was recorded', async () => {
    const compared = comparison(3);
    const page = await open({ ...compared, dependencies: partlyKnown(compared.dependencies, 0) });
    expect(await page.locator('#section-dependencies').innerText()).toMatch(
      /2 of 3 differ, not recorded for fraud-detector@1$/,
    );
    const numpy = page.locator('tr', { hasText: 'numpy' });
    expect(await numpy.innerText()).toMatch(/not recorded.*2\.1\.0.*2\.2\.0/s);
    expect(await numpy.locator('.differs').count()).toBe(1);
  });

  it('takes what only one of them was evaluated on for no difference', async () => {
    const unlike = (row: ComparedRow) => partlyKnown([row], 0)[0] ?? row;
    const compared = comparison(2);
    const evaluations = compared.evaluations.map((dataset) => ({
      ...dataset,
      metrics: dataset.metrics.map(unlike),
      slices: dataset.slices.map((slice) => ({ ...slice, metrics: slice.metrics.map(unlike) })),
    }));
    const page = await open({ ...compared, evaluations });
    expect(await page.locator('#section-evaluations').innerText()).toMatch(/5, not recorded for fraud-detector@1$/);
  });

  it('tells a metric that only one of them has apart from those that differ', async () => {
    const compared = comparison(2);
    const auc = compared.metrics.find(({ name }) => name === 'test_auc');
    const others = compared.metrics.filter(({ name, isDifferent }) => isDifferent && name !== 'test_auc');
    const page = await open({ ...compared, metrics: [...partlyKnown(auc ? [auc] : [], 0), ...others] });
    expect(await page.locator('#section-metrics').innerText()).toMatch(/, 1 not recorded for some versions$/);
    const row = page.locator('tr', { hasText: 'test_auc' });
    expect(await row.locator('td').first().innerText()).toMatch(/not recorded/);
    expect(await row.locator('td').first().getByTitle('not recorded').innerText()).toBe('–');
  });

  it('follows what the project declares of a metric', async () => {
    const page = await open({ ...comparison(2), declared: { higher: [], lower: ['test_auc'] } });
    const auc = page.locator('tr', { hasText: 'test_auc' });
    expect(await auc.innerText()).toContain('+0.01 worse');
    expect(await auc.locator('th .ellipsis').getAttribute('title')).toContain('lower is better');
  });

  it('measures against the first where none is in production, or against the one chosen', async () => {
    const page = await open(comparison(2));
    const auc = page.locator('tr', { hasText: 'test_auc' });
    expect(await auc.innerText()).toContain('+0.01 better');
    await page.getByLabel('Differences to').selectOption(idOf(2));
    await expect.poll(() => auc.innerText()).toContain('−0.01 worse');
  });

  it('shows of long texts what differs in them', async () => {
    const page = await open(comparison(2));
    const cells = page.locator('tr', { has: page.locator('th', { hasText: /^features/ }) }).locator('.clamp');
    expect(await cells.allInnerTexts()).toEqual([
      expect.stringMatching(/^… device, device, device, \d$/),
      expect.stringMatching(/^… device, device, device, \d$/),
    ]);
    expect(new Set(await cells.allInnerTexts()).size).toBe(2);
  });

  it('puts rows that differ first, marks the cells, and hides the others when asked', async () => {
    const page = await open(comparison(3));
    const params = page.locator('tbody', { has: page.getByRole('button', { name: /^Params/ }) });
    const names = () => params.locator('th[scope=row]').allInnerTexts();
    expect(await names()).toEqual(['features', 'learning_rate']);
    await params.getByRole('button', { name: 'Show 2 rows that are the same' }).click();
    await expect.poll(names).toEqual(['features', 'learning_rate', 'max_depth', 'seed']);
    expect(await params.locator('tr', { hasText: 'learning_rate' }).locator('.differs').count()).toBe(1);
    await page.getByText('Show only differences').click();
    await expect.poll(names).toEqual(['features', 'learning_rate']);
    await page.reload();
    await page.locator('h1').waitFor();
    expect(await params.locator('th[scope=row]').count()).toBe(2);
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
  });

  it('closes and opens a section with the keyboard', async () => {
    const page = await open(comparison(3));
    const toggle = page.getByRole('button', { name: /^Code and run/ });
    await toggle.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => toggle.getAttribute('aria-expanded')).toBe('false');
    expect(await page.getByText('4be1c0a9f3d0').count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByText('4be1c0a9f3d0').waitFor();
  });

  it('gives what had the keyboard a follower, but takes it from nobody who is elsewhere in the editor', async () => {
    const page = await open(comparison(3));
    await page.getByRole('button', { name: /^Code and run/ }).focus();
    const active = () => page.evaluate<string>('document.activeElement.localName');
    await page.evaluate('document.hasFocus = () => false; document.activeElement.remove()');
    await page.evaluate('new Promise((done) => setTimeout(done, 50))');
    expect(await active()).toBe('body');
    await page.evaluate("delete document.hasFocus; dispatchEvent(new Event('focus'))");
    await expect.poll(active).not.toBe('body');
    await page.evaluate('document.activeElement.remove()');
    await expect.poll(active).not.toBe('body');
  });

  it('opens and promotes the version of a column', async () => {
    const page = await open(comparison(3));
    await page.getByRole('button', { name: 'fraud-detector@2', exact: true }).click();
    await page.getByRole('button', { name: 'Promote fraud-detector@2…' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'openVersion', params: { ref: idOf(2) } },
        { method: 'act', params: { action: 'promote', versionId: idOf(2) } },
      ]);
  });

  it('marks the best of a row, tells the worst slice, and how far it is from the baseline in percent', async () => {
    const page = await open(comparison(4));
    const auc = page.locator('tr', { hasText: 'test_auc' });
    expect(await auc.locator('.best').innerText()).toContain('0.94');
    expect(await auc.innerText()).toContain('+1.08 %');
    const worst = await page.locator('tr', { hasText: 'auc, worst' }).innerText();
    expect(worst).toMatch(/0\.9\s+BR.*0\.91\s+BR.*0\.9\s+DE/s);
    expect(await page.getByText('3 of 4 versions').count()).toBe(1);
  });

  it('says what became of data and packages, and opens differences where the editor shows them', async () => {
    const page = await open(comparison(3));
    const cell = (name: string, column: number) => page.locator('tr', { hasText: name }).locator('td').nth(column);
    expect(await cell('data/train.csv', 1).innerText()).toContain('changed');
    expect(await cell('data/train.csv', 0).innerText()).not.toContain('≠');
    expect(await cell('numpy', 0).innerText()).toContain('downgraded');
    expect(await cell('polars', 1).innerText()).toContain('added');
    await cell('code commit', 0).getByRole('button', { name: 'Show diff' }).click();
    await cell('code commit', 1).getByRole('button', { name: 'What changed?' }).click();
    await page.getByRole('button', { name: 'Show diff of model.ubj' }).first().click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'openFileChanges', params: { between: [idOf(3), idOf(1)] } },
        { method: 'openChanges', params: { before: idOf(3), after: idOf(2) } },
        { method: 'openFile', params: { path: 'model.ubj', versionId: idOf(1), before: idOf(3) } },
      ]);
  });

  it('takes versions out, moves them with the keyboard staying where it is, and asks for others', async () => {
    let order = [1, 2, 3];
    opened = await harness.open({
      kind: 'comparison',
      data: async () => {
        const all = comparison(3);
        return { ...all, versions: order.flatMap((number) => all.versions[number - 1] ?? []) };
      },
    });
    const { page } = opened;
    await page.getByRole('button', { name: 'Move fraud-detector@1 right' }).focus();
    await page.keyboard.press('Enter');
    order = [2, 1, 3];
    await opened.changed();
    await expect.poll(() => page.locator('thead th').first().textContent()).toContain('fraud-detector@2');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Take fraud-detector@3 out' }).click();
    await page.getByRole('button', { name: 'Add version…' }).click();
    await page.getByRole('button', { name: 'Copy a link to it' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'arrangeComparison', params: { versionIds: [idOf(2), idOf(1), idOf(3)] } },
        { method: 'arrangeComparison', params: { versionIds: [idOf(2), idOf(3), idOf(1)] } },
        { method: 'arrangeComparison', params: { versionIds: [idOf(2), idOf(1)] } },
        { method: 'chooseCompared', params: {} },
        { method: 'copyComparisonLink', params: {} },
      ]);
  });

  it('makes any version the baseline by its column', async () => {
    const page = await open(comparison(3));
    await page.getByRole('button', { name: 'Make baseline: fraud-detector@1' }).click();
    await expect.poll(() => page.locator('tr', { hasText: 'test_auc' }).innerText()).toMatch(/0\.92.*\+0\.01 better/s);
    expect(await page.getByLabel('Differences to').inputValue()).toBe(idOf(1));
  });

  it('filters rows by name and value, also in sections that are closed or folded', async () => {
    const page = await open(comparison(3));
    await page.getByRole('button', { name: /^Params/ }).click();
    const filter = page.locator('vscode-textfield.row-filter').locator('input');
    await filter.fill('max_d');
    const names = () => page.locator('tbody th[scope=row]').allInnerTexts();
    await expect.poll(names).toEqual(['max_depth']);
    await filter.fill('12.4.1');
    await expect.poll(names).toEqual(['CUDA']);
    await filter.fill('nowhere');
    await page.getByText('Nothing matches “nowhere”.').waitFor();
  });

  it('copies what is shown as Markdown and as CSV, in which nothing of a registry is markup or a formula', async () => {
    const hostile = {
      ...comparison(2),
      params: [{ name: '=HYPERLINK("x")', values: ['a|b <img>\nc', '[x](command:y)'], isDifferent: true }],
    };
    const page = await open(hostile);
    const copied = () => opened.sent.map(({ params }) => (params as { text?: string }).text ?? '');
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.getByRole('button', { name: 'Copy as CSV' }).click();
    await page.locator('tr', { hasText: 'HYPERLINK' }).hover();
    await page.getByRole('button', { name: 'Copy row =HYPERLINK' }).click();
    await expect.poll(() => copied().length).toBe(3);
    const [markdown = '', csv = '', row = ''] = copied();
    expect(markdown).toContain('| Metrics | fraud-detector@1 | fraud-detector@2 |');
    expect(markdown).toContain('| test\\_auc | 0.91 | 0.92 (+1.1 %) |');
    expect(markdown).toContain('a\\|b &lt;img> c');
    expect(markdown).toContain('\\[x\\](command:y)');
    expect(csv).toContain(`Params,,"'=HYPERLINK(""x"")","a|b <img>\nc",[x](command:y)`);
    expect(csv.split('\n')[0]).toBe('Section,Group,Name,fraud-detector@1,fraud-detector@2');
    expect(row).toBe('=HYPERLINK("x")\ta|b <img> c\t[x](command:y)');
  });

  it('shows all of a long value, nested ones with a line for each entry', async () => {
    const nested = JSON.stringify({ layers: [64, 32], dropout: { input: 0.1, hidden: 0.5, words: 'x'.repeat(120) } });
    const page = await open({
      ...comparison(2),
      params: [{ name: 'model', values: [nested, nested.replace('0.5', '0.4')], isDifferent: true }],
    });
    await page.getByRole('button', { name: 'All of model' }).click();
    await expect.poll(() => page.locator('.whole').first().innerText()).toContain('  "dropout": {\n    "input": 0.1,');
  });

  it('evaluates gates when they are opened, each version with what it measured and why that isn’t enough', async () => {
    const gates = gatesOf(versionDetails(2), {
      gates: [{ metric: 'test_auc', min: 0.95 }, { 'max-size': '100 MB' }],
      asksPeople: false,
    });
    const versionGates = async () => ({
      stages: [{ stage: 'production', kind: 'promote' as const, approvals: [], gates }],
    });
    const page = await open(comparison(2), { versionGates });
    expect(await page.getByText('production: test_auc').count()).toBe(0);
    await page.getByRole('button', { name: /^Gates/ }).click();
    const row = (text: string) => page.locator('tr', { hasText: text });
    await expect
      .poll(() => row('production: test_auc').locator('td').first().innerText())
      .toMatch(/^\s*failed 0\.9412345\s+test_auc 0\.9412345 is below 0\.95$/);
    expect(await row('production: test_auc').locator('th').innerText()).toContain('at least 0.95');
    expect(await row('production: size').locator('td').allInnerTexts()).toEqual(
      [1, 2].map(() => expect.stringMatching(/^\s*passed 13002342 bytes$/)),
    );
  });

  it('has a row for each gate, also of those that are about the same, and calls them as the page of a version does', async () => {
    const gates = gatesOf(versionDetails(2), {
      gates: [
        { metric: 'test_auc', min: 0.85 },
        { metric: 'test_auc', 'max-drop': '1 %', vs: 'production' },
        { command: 'python validate.py' },
        { command: 'python smoke.py' },
      ],
    });
    const versionGates = async () => ({
      stages: [{ stage: 'production', kind: 'promote' as const, approvals: [], gates }],
    });
    const page = await open(comparison(2), { versionGates });
    await page.getByRole('button', { name: /^Gates/ }).click();
    const heads = page.locator('tbody', { has: page.getByRole('button', { name: /^Gates/ }) }).locator('th[scope=row]');
    await expect
      .poll(async () => (await heads.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim()))
      .toEqual([
        'production: test_auc at least 0.85',
        'production: test_auc at most 1 % worse than production',
        'production: python validate.py',
        'production: python smoke.py',
        'production: 2 approvals',
      ]);
    const people = page.locator('tr', { hasText: '2 approvals' }).locator('td').first();
    expect(await people.innerText()).toMatch(/^\s*waiting\s+no approval yet, 2 needed$/);
  });

  it('lays the curves of the versions over each other, and says how each ends and when it was best', async () => {
    const page = await open({ ...comparison(3), hasHistory: [true, false, true] }, { history: courses() });
    await page.getByRole('button', { name: 'Curves' }).click();
    const loss = page.locator('.curve-figure', { hasText: 'train/loss' });
    await loss.waitFor();
    expect(await loss.locator('svg[role=img] path').count()).toBe(2);
    expect(await loss.innerText()).toMatch(
      /lower is better.*fraud-detector@1.*ends at .*best .* at step .*fraud-detector@3/s,
    );
    await page.getByText('Not recorded for fraud-detector@2.').waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    // The tables of what was recorded aren't copied from here, where nobody sees them.
    expect(await page.getByRole('button', { name: /^Copy/ }).allInnerTexts()).toEqual(['Copy link']);
    expect(opened.errors).toEqual([]);
  });

  it('keeps names and column heads in sight while eight versions scroll', async () => {
    const page = await open(comparison(8), { width: 700, height: 400 });
    const scroller = page.getByRole('region', { name: 'Comparison' });
    const place = () => page.locator('tr', { hasText: 'numpy' }).locator('th').boundingBox();
    const before = await place();
    await scroller.evaluate((element) => element.scrollTo({ left: 500, top: 200, behavior: 'instant' }));
    const after = await place();
    const head = await page.locator('thead th').first().boundingBox();
    const top = await scroller.boundingBox();
    expect(after?.x).toBe(before?.x);
    expect(head?.y).toBeCloseTo((top?.y ?? 0) + 1, 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
  });

  it('is where it was scrolled to when the editor shows it again, although its table comes later', async () => {
    const page = await open(comparison(8), { width: 700, height: 400 });
    const scroller = page.getByRole('region', { name: 'Comparison' });
    const place = () => scroller.evaluate((element) => [element.scrollLeft, element.scrollTop]);
    await scroller.evaluate((element) => element.scrollTo({ left: 500, top: 200, behavior: 'instant' }));
    await expect.poll(() => page.evaluate(`sessionStorage.getItem('state')`)).toContain('[500,200]');
    await page.reload();
    await expect.poll(place).toEqual([500, 200]);
    await page.keyboard.press('Shift');
    await scroller.evaluate((element) => element.scrollTo({ left: 0, top: 0, behavior: 'instant' }));
    await page.getByRole('button', { name: /Move fraud-detector@1 right/ }).click();
    await expect.poll(() => page.evaluate(`sessionStorage.getItem('state')`)).toContain('[0,0]');
    expect(await place()).toEqual([0, 0]);
  });

  it('stays within 320 pixels and injects nothing with hostile names', async () => {
    const hostile: ComparisonPageData = {
      ...comparison(2),
      versions: [versionSummary(1, { model: markup, stage: markup }), versionSummary(2, { model: longName })],
      params: [{ name: longName, values: [markup, longName], isDifferent: true }],
      metrics: [{ name: markup, values: ['NaN', markup], isDifferent: true }],
    };
    const page = await open(hostile, { width: 320 });
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    // Whatever the model is called, the number is in sight.
    const head = await page.locator('.column-head').first().boundingBox();
    const number = await page.locator('.column-head .version-link').getByText('@1').boundingBox();
    expect((number?.x ?? 0) + (number?.width ?? 0)).toBeLessThanOrEqual((head?.x ?? 0) + (head?.width ?? 0) + 1);
    expect(opened.errors).toEqual([]);
  });

  it('shows in every theme by what the filter is cleared', async () => {
    const page = await open(comparison(2));
    const field = page.locator('.row-filter');
    await field.locator('input').fill('zzz');
    for (const theme of themeNames) {
      await opened.setTheme(theme);
      const box = await field.boundingBox();
      if (!box) throw new Error('There is no filter.');
      const clip = { x: box.x + box.width - 22, y: box.y + 4, width: 18, height: box.height - 8 };
      const picture = (await page.screenshot({ clip })).toString('base64');
      const reader = await page.context().newPage();
      // Of the ground, which the first pixel has, and the pixel that is most unlike it.
      const contrast = await reader.evaluate<number>(`(async () => {
        const image = new Image();
        image.src = 'data:image/png;base64,${picture}';
        await image.decode();
        const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
        pen.drawImage(image, 0, 0);
        const { data } = pen.getImageData(0, 0, image.width, image.height);
        const linear = (part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
        const light = (at) => 0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]);
        const contrasts = Array.from({ length: data.length / 4 }, (_, pixel) => {
          const [one, other] = [light(0), light(pixel * 4)].sort((a, b) => b - a);
          return (one + 0.05) / (other + 0.05);
        });
        return Math.max(...contrasts);
      })()`);
      await reader.close();
      expect(contrast, theme).toBeGreaterThan(3);
    }
  });
});
