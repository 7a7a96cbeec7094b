import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VersionPageData } from '../../src/extension/messages/page-data.ts';
import type { ReviewGate } from '../../src/extension/messages/review.ts';
import {
  barePage,
  bareVersion,
  hostileVersion,
  idOf,
  longName,
  markup,
  versionDetails,
  versionPage,
} from './examples.ts';
import { approval, gate, someGates } from './gate-examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(data: VersionPageData, options: Partial<OpenOptions<'version'>> = {}) {
  opened = await harness.open({ kind: 'version', data: async () => data, ...options });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('the page of a version', () => {
  it('shows who made it, what it measures and what became of it, without any error', async () => {
    const page = await open(versionPage());
    const text = await page.locator('main').innerText();
    for (const expected of [
      'fraud-detector',
      '@2',
      'by Ada Lovelace (claimed) on the command line',
      '13 MB in 3 files',
      'challenger',
      'Gradient boosting on the October snapshot',
      'feature/merchant-graph',
      'with changes that weren’t committed',
      'data/transactions-2026-10.parquet',
      'calm-otter-12',
      'took 1 h 12 min',
      'Python 3.12.4',
      'the Python of the command',
      '40 packages',
      'uv.lock',
      'by DVC',
      '4,000',
      'on the Hugging Face Hub',
      '2 × NVIDIA A100-SXM4-80GB',
      'CUDA 12.4.1',
      'it was recorded without a digest',
      'fraud-base',
      'preprocessing/encoder.joblib',
      'Shadow traffic agreed for 24 hours.',
      'Took the place of @1',
      'Gates were overridden',
      'Trained twice, same bytes.',
      'Brazil is below the others. Fine for now?',
      'fraud-detector-eu',
      'data.snapshot',
      'binary:logistic',
    ]) {
      expect(text).toContain(expected);
    }
    expect(opened.errors).toEqual([]);
  });

  it('tells how it is known which code and which run it came from', async () => {
    const page = await open(versionPage());
    const lineage = page.locator('#lineage');
    for (const text of [
      'as it was when the run began',
      'seen in a terminal of the editor',
      '2 other commands ran then and may have written the outputs instead',
      'vendor/features',
      'with changes that weren’t kept',
      'notebooks/train.ipynb',
      '14 executed cells',
    ])
      expect(await lineage.getByText(text).count(), text).toBe(1);
  });

  it('tells that it isn’t known which of several commands it came from', async () => {
    const known = versionDetails();
    const why = '2 commands ran when the outputs were written: python a.py; python b.py';
    const lineage = { ...known.lineage, run: { othersCount: 1 }, missing: [{ what: 'run', why }] };
    const page = await open(versionPage({ ...known, lineage }));
    const text = await page.locator('#lineage').innerText();
    expect(text).toContain('2 commands ran then, and it isn’t known which of them wrote the outputs');
    expect(text).toContain(why);
    expect(text).not.toContain('train.py');
  });

  it('tells better from worse in words, by what the metric means', async () => {
    const page = await open(versionPage());
    const figure = (name: string) => page.locator('.figure', { hasText: name }).innerText();
    expect(await figure('test_auc')).toContain('+0.0121 better');
    expect(await figure('latency_p99_ms')).toContain('+3.25 worse');
    expect(await figure('val_auc')).toContain('no change');
    expect(await figure('recall')).toContain('not in @1');
    const row = page.locator('table.metrics tr', { hasText: 'loss' });
    expect(await row.innerText()).toContain('−0.0179 better');
    const rows = page.locator('table.metrics tr', { hasText: 'rows' });
    expect(await rows.innerText()).not.toMatch(/better|worse/);
  });

  it('makes a matrix of slices, from metrics and from evaluations', async () => {
    const page = await open(versionPage());
    const countries = page.locator('table.matrix', { hasText: 'By country' });
    expect(await countries.locator('tbody th').allInnerTexts()).toEqual(['BR', 'DE', 'FR']);
    expect(await countries.locator('tr', { hasText: 'FR' }).innerText()).toMatch(/0\.9333.*worse.*0\.6912/s);
    const ages = page.locator('table.matrix', { hasText: 'By age' });
    expect(await ages.locator('tbody th').allInnerTexts()).toEqual(['18-30', '31-60']);
  });

  it('says of the version in production why nothing can be rolled back to', async () => {
    const why = 'No version of fraud-detector was in production before version 1.';
    const page = await open({ ...versionPage(versionDetails(1, { stage: 'production' })), noRollback: why });
    await page.getByText(why).waitFor();
    const button = page.locator('.actions vscode-button', { hasText: 'Roll back…' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.dispatchEvent('click');
    expect(opened.sent).toEqual([]);
  });

  it('offers a rollback only of what is in production, and no archiving of what is archived', async () => {
    const page = await open({ ...versionPage(versionDetails(2, { stage: 'archived' })) });
    await expect.poll(() => page.getByRole('button', { name: 'Roll back…' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Archive…' }).count()).toBe(0);
    await opened.close();
    const production = await open({ ...versionPage(versionDetails(2, { stage: 'production' })), rollbackTo: 1 });
    const primary = production.locator('.actions vscode-button:not([secondary])');
    expect(await primary.allInnerTexts()).toEqual(['Roll back…']);
    await production.getByRole('button', { name: 'Roll back…' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([{ method: 'act', params: { action: 'rollBack', versionId: idOf(2) } }]);
  });

  it.each([
    ['Promote…', 'promote'],
    ['Restore files…', 'restoreFiles'],
    ['Open the code that trained this…', 'openTrainedCode'],
    ['Copy reference', 'copyReference'],
    ['Copy link', 'copyLink'],
    ['Compare with another version’s files…', 'compareFiles'],
    ['Archive…', 'archive'],
    ['Set alias…', 'setAlias'],
    ['Remove alias…', 'removeAlias'],
    ['Edit tags…', 'editTags'],
    ['Attach evaluation…', 'evaluate'],
    ['Write the card…', 'editCard'],
    ['Export…', 'exportCard'],
    ['Save all…', 'restoreFiles'],
  ])('asks for “%s” with the keyboard', async (name, action) => {
    const page = await open(versionPage());
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => opened.sent).toEqual([{ method: 'act', params: { action, versionId: idOf(2) } }]);
    expect(opened.ignored).toEqual([]);
  });

  it('opens other versions and the comparison with production', async () => {
    const page = await open(versionPage());
    await page.getByRole('button', { name: 'Compare with production' }).click();
    await page.getByRole('button', { name: 'fraud-detector-eu@7' }).click();
    await page.getByRole('button', { name: 'fraud-base@4' }).click();
    await page.getByRole('button', { name: 'fraud-detector', exact: true }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'openComparison', params: { versionIds: [idOf(1), idOf(2)] } },
        { method: 'openVersion', params: { ref: 'fraud-detector-eu@7' } },
        { method: 'openVersion', params: { ref: idOf(9) } },
        { method: 'openModel', params: { modelId: '01JC0000000000000000000001' } },
      ]);
  });

  it('copies the whole digest and says so', async () => {
    const page = await open(versionPage());
    await page.getByRole('button', { name: 'Copy artifact digest' }).click();
    await expect.poll(() => page.locator('#announcer').innerText()).toBe('Copied artifact digest');
    expect(opened.sent).toEqual([
      { method: 'copyText', params: { text: versionDetails().artifact.digest, what: 'artifact digest' } },
    ]);
  });

  it('has one main heading, sections named by theirs, and names for every button', async () => {
    const page = await open(versionPage());
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    const sections = await page.getByRole('heading', { level: 2 }).allInnerTexts();
    expect(sections.map((title) => title.replace(/\s*\d+$/, ''))).toEqual([
      'Metrics',
      'Evaluations',
      'Params',
      'Gates',
      'Lineage',
      'Model card',
      'How to load it',
      'Files',
      'Stage history',
      'Notes',
      'Comments',
      'Tags',
      'Same artifact',
      'Model',
    ]);
    const nameless = await page
      .locator('main button')
      .evaluateAll((buttons) =>
        buttons
          .filter((button) => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim() === '')
          .map((button) => button.outerHTML),
      );
    expect(nameless).toEqual([]);
  });

  it('searches packages, and keeps the words while the registry changes', async () => {
    const page = await open(versionPage());
    await page.getByText('40 packages').click();
    await page.getByLabel('Filter packages').fill('scikit');
    await expect
      .poll(() => page.locator('.packages li').allInnerTexts())
      .toEqual([expect.stringContaining('scikit-learn')]);
    await opened.changed();
    await expect.poll(() => page.locator('.packages li').count()).toBe(1);
    await page.getByLabel('Filter packages').fill('nothing-like-it');
    await page.getByText('Nothing matches “nothing-like-it”.').waitFor();
  });

  it('says of a stage whose gates wait for people alone that it waits, as the review does', async () => {
    const people = gate('approvals', { isWaiting: true, outcome: 'failed', why: 'no approval yet, 1 needed' });
    const asking = (stage: string, gates: readonly ReviewGate[]) => ({
      ...{ stage, kind: 'promote' as const, gates, approvals: [] },
    });
    opened = await harness.open({
      kind: 'version',
      data: async () => versionPage(versionDetails(2)),
      versionGates: async () => ({
        stages: [asking('staging', [people]), asking('production', [gate('test_auc'), people])],
      }),
    });
    const { page } = opened;
    const lines = page.locator('#gates .stage-line');
    await lines.nth(1).getByText('1 of 2 gates waits for people:').waitFor();
    await lines.nth(0).getByText('waits for people').waitFor();
    expect(await page.locator('#gates .codicon-error').count()).toBe(0);
  });

  it('lists what each stage asks of the version, who said what, and that gates were overridden', async () => {
    const passed = { stage: 'staging', kind: 'none' as const, gates: [gate('test_auc')], approvals: [] };
    const approvals = [approval('grace@example.org', { comment: 'Looked at the slices.' })];
    const asking = { stage: 'production', kind: 'promote' as const, gates: someGates(), approvals };
    opened = await harness.open({
      kind: 'version',
      data: async () => versionPage(versionDetails(2, { stage: 'production' })),
      versionGates: async () => ({ stages: [passed, asking] }),
    });
    const { page } = opened;
    await page.getByText('1 gate passed').waitFor();
    await page.getByText('3 of 5 gates not passed:').waitFor();
    expect(await page.locator('.stage-gates').nth(0).getAttribute('open')).toBeNull();
    const production = page.locator('.stage-gates').nth(1);
    // By what each is known best, not by "command" and "policy".
    const line = await production.locator('summary').innerText();
    expect(line).toMatch(/latency_p99_ms, python validate\.py, 2 approvals/);
    await production.locator('summary').click();
    expect(await production.innerText()).toMatch(
      /21\.7 %[\s\S]*2 approvals[\s\S]*grace@example\.org[\s\S]*Looked at the slices/,
    );
    await production.getByRole('button', { name: 'Review for production' }).click();
    await expect
      .poll(() => opened.sent.filter(({ method }) => method === 'openReview'))
      .toEqual([{ method: 'openReview', params: { versionId: idOf(2), stage: 'production' } }]);
    expect(await page.locator('h1').innerText()).toContain('gates overridden');
    expect(opened.errors).toEqual([]);
  });
});

describe('a version with little recorded', () => {
  it('says what is missing and how to record it', async () => {
    const page = await open(barePage(bareVersion()));
    const text = await page.locator('main').innerText();
    expect(text).toContain('No metrics were recorded.');
    expect(text).toContain('model-registry evaluate fraud-detector@3 --metrics metrics.json');
    expect(text).toContain('No params were recorded.');
    expect(text).toContain('No lineage was recorded.');
    expect(
      await page
        .locator('.actions')
        .getByRole('button', { name: /Compare/ })
        .count(),
    ).toBe(0);
    expect(opened.errors).toEqual([]);
  });

  it('never writes a name that a shell would read into a command', async () => {
    const page = await open(barePage({ ...bareVersion(), model: 'x; rm -rf $HOME' }));
    const commands = (await page.locator('.empty code').allInnerTexts()).join('\n');
    expect(commands).toContain('evaluate MODEL@3');
    expect(commands).not.toContain('rm -rf');
  });

  it('warns where the manifest is gone', async () => {
    const { files: _, ...version } = versionDetails();
    const page = await open(barePage(version));
    await page.getByText('The list of files is missing or damaged.').waitFor();
  });
});

describe('a registry that can’t be trusted', () => {
  it('injects nothing: names stay text, and only web addresses become links', async () => {
    const page = await open(versionPage(hostileVersion()));
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
    expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
    expect(await page.locator('main').innerText()).toContain(markup);
    const links = await page
      .locator('main a:not(nav a)')
      .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href')));
    expect(links).toEqual([]);
    expect(opened.errors).toEqual([]);
  });

  it('shows the name of a metric in the order that it has', async () => {
    const page = await open(versionPage(versionDetails(2, { metrics: { '\u202eevil': 6, '\u2067שלום\u2069': 1 } })));
    expect(await page.locator('table.metrics tbody th').allInnerTexts()).toEqual(['\u2067שלום\u2069', '\ufffdevil']);
  });

  it.each([320, 700, 1400])('keeps names of 300 characters within %i pixels', async (width) => {
    const page = await open(versionPage(hostileVersion()), { width });
    const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(scrollWidth).toBeLessThanOrEqual(width);
    expect(await page.locator('h1 .ellipsis').first().getAttribute('title')).toBe(longName);
  });

  it('shows 200 metrics and finds one among them', async () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`layer${index % 7}.m${index}`, index]),
    );
    const page = await open(versionPage(versionDetails(2, { metrics })));
    expect(await page.locator('table.metrics tr:not(.group)').count()).toBe(201);
    await page.getByLabel('Filter metrics').fill('m137');
    await expect.poll(() => page.locator('table.metrics tr:not(.group)').count()).toBe(2);
  });

  it('opens a file', async () => {
    const [file] = versionDetails().files ?? [];
    const page = await open(versionPage());
    await page
      .locator('#files')
      .getByRole('button', { name: file?.path ?? '', exact: true })
      .click();
    await expect
      .poll(() => opened.sent)
      .toEqual([{ method: 'openFile', params: { path: file?.path, versionId: idOf(2) } }]);
  });

  it('draws a part of 5,000 files until more are asked for', async () => {
    const [file] = versionDetails().files ?? [];
    if (file === undefined) throw new Error('The example has no file.');
    const files = Array.from({ length: 5000 }, (_, index) => ({ ...file, path: `shards/${index}.bin` }));
    const page = await open(versionPage(versionDetails(2, { files })));
    expect(await page.locator('#files tbody tr').count()).toBe(300);
    await page.getByRole('button', { name: 'Show 1,000 more of 4,700' }).click();
    await expect.poll(() => page.locator('#files tbody tr').count()).toBe(1300);
  });
});

describe('reading the registry', () => {
  it('isn’t waited for where the page came with its data, and is where it is shown again', async () => {
    const comesWith = versionPage();
    let asked = 0;
    const data = () => {
      asked += 1;
      return new Promise<never>(() => undefined);
    };
    opened = await harness.open({ kind: 'version', data, comesWith });
    const { page } = opened;
    await page.locator('h1').waitFor();
    expect(await page.locator('main').getAttribute('aria-busy')).toBe('false');
    expect(asked).toBe(1);
    await page.reload();
    expect(await page.locator('main').innerText()).toContain('Reading the registry');
  });

  it('shows what is answered where that differs from what the page came with', async () => {
    const page = await open(versionPage(), { comesWith: versionPage(versionDetails(7)) });
    await page.getByRole('heading', { level: 1 }).filter({ hasText: '@2' }).waitFor();
    expect(opened.errors).toEqual([]);
  });

  it('shows a failure with its message, and tries again', async () => {
    let calls = 0;
    opened = await harness.open({
      kind: 'version',
      data: async () => {
        calls += 1;
        if (calls === 1) throw new Error('The registry folder is gone. Choose another one.');
        return versionPage();
      },
    });
    await opened.page.getByText('The registry folder is gone. Choose another one.').waitFor();
    await opened.page.getByRole('button', { name: 'Retry' }).click();
    await opened.page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
  });

  it('doesn’t wait for ever', async () => {
    opened = await harness.open({ kind: 'version', data: () => new Promise(() => undefined), ownsTime: true });
    await opened.page.getByText('Reading the registry…').waitFor();
    await opened.page.clock.fastForward(21_000);
    await opened.page.getByText('The registry didn’t answer within 20 seconds.').waitFor();
    expect(await opened.page.getByRole('button', { name: 'Retry' }).count()).toBe(1);
  });

  it('follows changes, and keeps what it shows when it can’t', async () => {
    let answer: () => VersionPageData = () => versionPage();
    opened = await harness.open({ kind: 'version', data: async () => answer() });
    await opened.page.getByText('candidate').first().waitFor();
    answer = () => versionPage(versionDetails(2, { stage: 'production' }));
    await opened.changed();
    await opened.page.locator('h1 .stage-production').waitFor();
    answer = () => {
      throw new Error('The disk is full.');
    };
    await opened.changed();
    await opened.page.getByText('This may be out of date. The disk is full.').waitFor();
    expect(await opened.page.locator('h1 .stage-production').count()).toBe(1);
  });

  it('is where it was scrolled to when the editor shows it again, and takes nothing else for a place', async () => {
    const page = await open(versionPage(), { height: 400 });
    await page.evaluate(() => scrollTo({ top: 700, behavior: 'instant' }));
    await expect.poll(() => page.evaluate(`sessionStorage.getItem('state')`)).toContain('"":[0,700]');
    await page.reload();
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(700);
    await page.evaluate(`sessionStorage.setItem('state', '{"places":{"":["a",null],"__proto__":[1,2],"x":7}}')`);
    await page.reload();
    await page.locator('h1').waitFor();
    expect(opened.errors).toEqual([]);
  });

  it('says when something that was asked for failed', async () => {
    const page = await open(versionPage(), { failing: ['openVersion'] });
    await page.getByRole('button', { name: 'fraud-detector-eu@7' }).click();
    await page.getByRole('alert').getByText('openVersion went wrong').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });
});

it('a tree in which only training had written isn’t said to have changes of its own', async () => {
  const data = versionPage();
  const { lineage } = data.version;
  const { code } = lineage;
  if (!code) throw new Error('The example has no code');
  const paths = ['models/fraud/model.bin', 'models/fraud/info.json', 'reports/metrics.json'];
  const shownWith = async (otherCount: number) => {
    const written = { paths, count: 5, otherCount };
    const version = {
      ...data.version,
      lineage: { ...lineage, code: { ...code, isDirty: true, written, submodules: [] } },
    };
    const page = await open({ ...data, version });
    const text = await page.locator('#lineage').innerText();
    await opened.close();
    return text;
  };
  const own = await shownWith(0);
  expect(own).toContain('changed only in declared outputs and metrics');
  expect(own).toContain(`Declared outputs and metrics that changed: ${paths.join(', ')}, and 2 more.`);
  expect(own).not.toContain('with changes that weren’t committed');
  expect(await shownWith(1)).toContain('with changes that weren’t committed');
});

it('a tree in which only a submodule had changes isn’t said to have none', async () => {
  const data = versionPage();
  const { lineage } = data.version;
  const { code } = lineage;
  if (!code) throw new Error('The example has no code');
  const version = { ...data.version, lineage: { ...lineage, code: { ...code, isDirty: false } } };
  const page = await open({ ...data, version });
  const text = await page.locator('#lineage').innerText();
  expect(text).toContain('with changes in submodules');
  expect(text).toContain('with changes that weren’t kept');
  expect(text).not.toContain('no uncommitted changes');
});
