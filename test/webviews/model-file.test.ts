import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFilePageData } from '../../src/extension/messages/page-data.ts';
import type { ModelFacts } from '../../src/modelfiles/facts.ts';
import { summariseFacts } from '../../src/modelfiles/facts-summary.ts';
import { tensorTable } from '../../src/modelfiles/tensor-rows.ts';
import { markup } from './examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

const tensors = Array.from({ length: 100_000 }, (_, index) => ({
  name: `layers.${index}.weight`,
  dtype: index % 4 === 0 ? 'float32' : 'bfloat16',
  shape: [index + 1, 8],
  place: { path: 'model.safetensors', offset: index * 100, sizeBytes: 100 },
}));

const facts: ModelFacts = {
  format: 'safetensors',
  framework: { name: 'PyTorch', version: '2.9.0' },
  architecture: 'FraudNet',
  parameterCount: 7_241_732_096,
  license: 'apache-2.0',
  baseModels: [{ name: 'contoso/base', revision: 'main', url: 'https://example.com/contoso/base' }],
  inputs: [{ name: 'features', dtype: 'float32', shape: ['batch', 12] }],
  outputs: [{ name: 'score', dtype: 'float32', shape: [null, 1] }],
  metadata: { format: 'pt', note: markup },
  danger: {
    verdict: 'dangerous',
    findings: [
      { verdict: 'known', what: 'collections.OrderedDict', why: 'A container.', path: 'model.pt', offset: 12 },
      {
        verdict: 'dangerous',
        what: 'posix.system',
        why: 'Runs a command.',
        path: 'model.pt',
        member: 'archive/data.pkl',
        offset: 2048,
        opcode: 'STACK_GLOBAL',
      },
    ],
  },
  problems: ['One tensor has no dtype.'],
  tensors,
};

function pageData(changes: Partial<ModelFilePageData> = {}): ModelFilePageData {
  return {
    name: 'fraud.safetensors',
    path: 'models/fraud.safetensors',
    sizeBytes: 14_483_464_192,
    changedAt: '2026-11-20T09:14:00.000Z',
    fileCount: 1,
    facts: summariseFacts(facts, 'Safetensors'),
    canRegister: true,
    ...changes,
  };
}

async function open(data = pageData(), options: Partial<OpenOptions<'modelFile'>> = {}) {
  opened = await harness.open({ kind: 'modelFile', data: async () => data, tensors: tensorTable(tensors), ...options });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('the page of a model file', () => {
  it('tells what is in the file, the worst first, without any error', async () => {
    const page = await open();
    const text = await page.locator('main').innerText();
    for (const expected of [
      'Safetensors',
      'PyTorch 2.9.0',
      'FraudNet',
      '7.24 B',
      'bfloat16',
      'apache-2.0',
      'contoso/base',
      'batch×12',
      '?×1',
      'One tensor has no dtype.',
      markup,
    ]) {
      expect(text).toContain(expected);
    }
    const findings = await page.locator('table.findings tbody tr').allInnerTexts();
    expect(findings[0]).toMatch(
      /posix\.system.*dangerous.*Runs a command\..*model\.pt › archive\/data\.pkl at byte 2,048 \(STACK_GLOBAL\)/s,
    );
    expect(opened.errors).toEqual([]);
  });

  it('says of an empty file that it is empty, and nothing that parsers make of it', async () => {
    const page = await open(
      pageData({
        sizeBytes: 0,
        facts: {
          format: '',
          formatLabel: 'Not known here',
          ...{ tensorCount: 0, dtypes: [] },
          problems: ['fraud.safetensors can’t be read as a model: it is too short for a header.'],
        },
      }),
    );
    expect(await page.locator('.model-file').innerText()).toMatch(/^\s*This file is empty: there is no model in it/);
    expect(await page.locator('main').innerText()).not.toContain('too short');
  });

  it('never says that a file is safe', async () => {
    const page = await open(
      pageData({ facts: summariseFacts({ ...facts, danger: { verdict: 'none-found', findings: [] } }, 'Safetensors') }),
    );
    const text = await page.locator('#danger').innerText();
    expect(text).toContain('That is no promise');
    expect(text).not.toMatch(/\bsafe\b/i);
  });

  it('draws the rows in sight of 100,000 tensors, and the last ones after scrolling', async () => {
    const page = await open();
    const rows = page.locator('.tensor-rows .tensor-row');
    await expect.poll(() => rows.first().innerText()).toContain('layers.0.weight');
    expect(await rows.count()).toBeLessThan(100);
    await page.locator('.tensor-scroller').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await expect.poll(() => rows.last().innerText()).toContain('layers.99999.weight');
    expect(await rows.last().getAttribute('aria-rowindex')).toBe('100001');
    expect(opened.errors).toEqual([]);
  });

  it('sorts and filters, and says how many match', async () => {
    const page = await open();
    const rows = page.locator('.tensor-rows .tensor-row');
    await page.getByRole('columnheader', { name: 'Elements' }).getByRole('button').click();
    await expect.poll(() => rows.first().innerText()).toContain('layers.99999.weight');
    expect(await page.getByRole('columnheader', { name: 'Elements' }).getAttribute('aria-sort')).toBe('descending');
    await page.locator('model-tensor-table vscode-textfield input').fill('layers.77 float32');
    await expect.poll(() => page.locator('.tensor-toolbar').innerText()).toContain('of 100,000 tensors');
    await expect.poll(() => rows.first().innerText()).toMatch(/layers\.77\d*\.weight\s+float32/);
    await page.locator('model-tensor-table vscode-textfield input').fill('nowhere');
    await expect.poll(() => rows.count()).toBe(0);
  });

  it('keeps its place when something else on the page changes', async () => {
    const page = await open();
    const rows = page.locator('.tensor-rows .tensor-row');
    await page.locator('.tensor-scroller').evaluate((scroller) => scroller.scrollTo(0, 240_000));
    await expect.poll(() => rows.last().innerText()).toMatch(/layers\.100\d\d\.weight/);
    const asked = opened.sent.length;
    await page.getByRole('button', { name: 'Copy path' }).click();
    await expect.poll(() => opened.sent.length).toBe(asked + 1);
    expect(await rows.last().innerText()).toMatch(/layers\.100\d\d\.weight/);
  });

  it('has the rows of another file once training wrote it anew', async () => {
    const few = tensors.slice(0, 2);
    let current = few;
    opened = await harness.open({
      kind: 'modelFile',
      data: async () => pageData({ facts: summariseFacts({ ...facts, tensors: current }, 'Safetensors') }),
      tensors: (query) => tensorTable(current)(query),
    });
    const rows = opened.page.locator('.tensor-rows .tensor-row');
    await expect.poll(() => rows.allInnerTexts().then((texts) => texts.join())).toContain('layers.1.weight');
    expect(await rows.count()).toBe(2);
    current = tensors;
    await opened.changed();
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    await opened.page.locator('.tensor-scroller').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await expect.poll(() => rows.last().innerText()).toContain('layers.99999.weight');
  });

  it('offers registration only where something can be registered', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Register…' }).click();
    await expect.poll(() => opened.sent.map(({ method }) => method)).toContain('registerFile');
    await opened.close();
    const other = await open(pageData({ canRegister: false }));
    expect(await other.getByRole('button', { name: 'Register…' }).count()).toBe(0);
  });

  it.each(['light', 'high-contrast'] as const)('fits 220 pixels in the %s theme', async (theme) => {
    const page = await open(pageData(), { theme, width: 220 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(220);
    expect(opened.errors).toEqual([]);
  });
});
