import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { comparedTensorTable } from '../../src/modelfiles/tensors/compared-rows.ts';
import { pageFacts } from './bert-examples.ts';
import { comparison } from './comparison-examples.ts';
import { comparedTensors, courses, idOf, markup, tensorComparison, versionDetails, versionPage } from './examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

const dangerous = versionDetails(2, {
  facts: {
    format: 'pytorch',
    architecture: 'BertForMaskedLM',
    parameterCount: 109_514_298,
    dtypes: ['float32', 'int64'],
    license: 'apache-2.0',
    danger: 'dangerous',
  },
  sameWeights: [{ model: 'fraud-detector', number: 4 }],
  hasHistory: true,
});

async function openVersion(options: Partial<OpenOptions<'version'>> = {}, version = dangerous) {
  opened = await harness.open({
    kind: 'version',
    data: async () => versionPage(version),
    facts: async () => pageFacts(),
    history: courses(),
    ...options,
  });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('what the files of a version say, on its page', () => {
  it('is shown with its weights, its dangers and where they are', async () => {
    const page = await openVersion();
    expect(await page.locator('header.page-title').innerText()).toContain('110 M parameters');
    const model = page.locator('#model');
    await model.getByText('PyTorch (format 3)').waitFor();
    const text = await model.innerText();
    for (const expected of [
      'PyTorch 2.9.1',
      'BertForMaskedLM',
      '110 M',
      'apache-2.0',
      'bert-base-uncased',
      'a tensor without a name',
    ])
      expect(text).toContain(expected);
    await model.getByRole('button', { name: 'fraud-detector@4' }).click();
    await expect.poll(() => opened.sent).toContainEqual({ method: 'openVersion', params: { ref: 'fraud-detector@4' } });
    const finding = page.locator('#danger tbody tr').first();
    expect(await finding.innerText()).toMatch(
      /posix\.system.*dangerous.*Runs any program.*archive\/data\.pkl at byte 2,048 \(STACK_GLOBAL\)/s,
    );
    expect(await page.locator('#signature').innerText()).toContain('batch×sequence×30522');
    expect(await page.locator('main').innerText()).not.toMatch(/\bsafe\b/i);
    expect(opened.errors).toEqual([]);
  });

  it('warns at the top of what is dangerous, and leads to what it is', async () => {
    const page = await openVersion();
    const banner = page.getByRole('alert').filter({ hasText: 'can run code' }).first();
    await banner.getByRole('link').click();
    await page.locator('#danger').waitFor();
    await opened.close();
    const calm = versionDetails(2, { facts: { format: 'safetensors' } });
    const other = await openVersion(
      { facts: async () => pageFacts({ danger: { verdict: 'none-found', findings: [] } }) },
      calm,
    );
    await other.getByText('That is no promise').waitFor();
    expect(await other.locator('.banner').count()).toBe(0);
  });

  it('asks for the tensors only when somebody wants to see them', async () => {
    const page = await openVersion({
      tensors: () => ({ rows: [{ name: 'a.weight', dtype: 'float32', shape: [2], elements: 2 }], matching: 1 }),
    });
    const tensors = page.locator('#tensors');
    await tensors.getByText('203').waitFor();
    expect(opened.sent.map(({ method }) => method)).not.toContain('tensorRows');
    await tensors.getByRole('button', { name: 'Show' }).click();
    await tensors.getByText('a.weight').waitFor();
  });

  it('draws the course of each metric, also where it breaks off', async () => {
    const page = await openVersion();
    const course = (name: string) => page.locator('.course', { hasText: name });
    await course('train/loss').waitFor();
    expect(await course('train/loss').innerText()).toMatch(/2\.4/);
    const path = await course('grad_norm').locator('path').getAttribute('d');
    expect(path?.match(/M/g)).toHaveLength(2);
    expect(await page.locator('.course').count()).toBe(5);
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
  });

  it('says why there is nothing, and tries again when asked', async () => {
    let asked = 0;
    const page = await openVersion(
      {
        facts: async () => {
          asked += 1;
          if (asked === 1) throw new Error('The shared storage does not answer.');
          return { problem: 'Its files are of no format that is known here.' };
        },
      },
      versionDetails(2),
    );
    await page.getByText('The shared storage does not answer.').waitFor();
    await page.locator('#model').getByRole('button', { name: 'Retry' }).click();
    await page.getByText('of no format that is known here').waitFor();
  });

  it('stays within 220 pixels and injects nothing', async () => {
    const hostile = pageFacts({
      architecture: markup.repeat(20),
      license: markup,
      metadata: { [markup]: markup.repeat(50) },
    });
    const page = await openVersion({ width: 220, facts: async () => hostile });
    await page.locator('#metadata').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(220);
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
    expect(opened.errors).toEqual([]);
  });
});

describe('the tensors of two versions, on the page that compares them', () => {
  const table = comparedTensorTable(comparedTensors());

  async function openTensors(options: Partial<OpenOptions<'comparison'>> = {}) {
    opened = await harness.open({
      kind: 'comparison',
      data: async () => comparison(2),
      compareTensors: async () => tensorComparison(),
      comparedTensors: table,
      ...options,
    });
    await opened.page.getByRole('button', { name: 'Tensors' }).click();
    return opened.page;
  }

  it('are compared when somebody asks, with what changed most first', async () => {
    const page = await openTensors();
    await page.getByText('66,671').waitFor();
    const panel = page.getByRole('region', { name: 'Tensors' });
    expect(await panel.innerText()).toMatch(/Unchanged parts:\s*encoder\.layer\.\{15–33333\}/);
    const rows = page.locator('.tensor-rows .tensor-row');
    await expect.poll(() => rows.first().innerText()).toMatch(/layer\.4\..*changed.*from zero \*/s);
    const note = page.locator('compared-tensor-table > p');
    await expect
      .poll(() => note.innerText())
      .toMatch(
        /^Change is .*“From zero”: all elements were zero before\. \*: elements that aren’t finite are left out\.$/s,
      );
    expect(await rows.count()).toBeLessThan(100);
    expect(opened.sent.filter(({ method }) => method === 'compareTensors')).toEqual([
      { method: 'compareTensors', params: { before: idOf(1), after: idOf(2) } },
    ]);
    await page.locator('compared-tensor-table vscode-textfield input').fill('bfloat16');
    await expect.poll(() => rows.count()).toBe(1);
    expect(opened.errors).toEqual([]);
  });

  it('show how far the work is, and can be cancelled', async () => {
    const page = await openTensors({
      compareTensors: ({ onProgress, signal }) =>
        new Promise((_resolve, reject) => {
          onProgress?.({ step: 'Comparing tensors', doneBytes: 1_000_000_000, totalBytes: 2_000_000_000 });
          signal?.addEventListener('abort', () => reject(new Error('The comparison was cancelled.')));
        }),
    });
    await page.getByText('1.0 GB of 2.0 GB').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The comparison was cancelled.').waitFor();
    await page.getByRole('button', { name: 'Retry' }).waitFor();
  });

  it('let the compared version be chosen where there are several', async () => {
    const page = await openTensors({ data: async () => comparison(4) });
    await page.getByRole('combobox', { name: 'Compared version' }).selectOption(idOf(2));
    await expect
      .poll(() => opened.sent)
      .toContainEqual({ method: 'compareTensors', params: { before: idOf(3), after: idOf(2) } });
  });
});
