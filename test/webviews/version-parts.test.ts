import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VersionPageData } from '../../src/extension/messages/page-data.ts';
import { pageFacts } from './bert-examples.ts';
import {
  barePage,
  bareVersion,
  courses,
  hostileCard,
  idOf,
  longName,
  markup,
  trends,
  versionDetails,
  versionPage,
} from './examples.ts';
import { gate } from './gate-examples.ts';
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

const sentOf = (method: string) => opened.sent.filter((sent) => sent.method === method).map(({ params }) => params);

describe('a metric over the versions', () => {
  it('is a curve that marks this version, and whose values the arrow keys read', async () => {
    const page = await open(versionPage(), { trends: trends() });
    const curve = page.getByRole('slider', { name: 'test_auc of 40 versions' });
    await curve.waitFor();
    expect(await curve.getAttribute('aria-valuetext')).toMatch(/^@2, this version: 0\.9412/);
    await curve.focus();
    await page.keyboard.press('End');
    await expect.poll(() => curve.getAttribute('aria-valuetext')).toMatch(/^@40: 0\.959/);
    expect(await page.locator('.spark-note').innerText()).toMatch(/^@40: 0\.959/);
    await page.keyboard.press('Enter');
    await expect.poll(() => sentOf('openVersion')).toEqual([{ ref: '01JC0000000000000000000001@40' }]);
    // One value is no curve, and all curves are one stop of the Tab key.
    expect(await page.getByRole('slider').count()).toBe(3);
    expect(await page.locator('.spark[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain('train.loss');
    expect(opened.errors).toEqual([]);
  });

  it('shows the value under the pointer', async () => {
    const page = await open(versionPage(versionDetails(2, { hasHistory: true })), { history: courses() });
    const more = page.getByRole('button', { name: 'Show all curves' });
    await expect.poll(() => more.isVisible()).toBe(false);
    await page.setViewportSize({ width: 600, height: 900 });
    await expect.poll(() => more.isVisible()).toBe(true);
    const curve = page.getByRole('slider', { name: /^learning_rate/ });
    await curve.hover();
    await expect.poll(() => page.locator('.spark-note').innerText()).toMatch(/^step (290|300): 0\.0001$/);
  });

  it('says why curves couldn’t be read, and asks for them again', async () => {
    const failing = ['history'];
    const page = await open(versionPage(versionDetails(2, { hasHistory: true })), { history: courses(), failing });
    const part = page.locator('#courses');
    await part.getByRole('alert').getByText('history went wrong').waitFor();
    failing.pop();
    await part.getByRole('button', { name: 'Retry' }).click();
    await part.getByRole('slider').first().waitFor();
  });
});

describe('what didn’t come', () => {
  const failed = async (): Promise<never> => {
    throw new Error('It can’t be read.');
  };

  it('leaves no blank space, and what lists know of the model stays', async () => {
    const facts = { format: 'pytorch', dtypes: ['float32'] };
    const version = versionDetails(2, { hasHistory: true, facts });
    const page = await open(versionPage(version), {
      history: courses(),
      failing: ['history'],
      facts: failed,
      versionGates: failed,
    });
    await page.locator('#courses').getByRole('alert').waitFor();
    await page.locator('#model').getByRole('alert').waitFor();
    const gaps = await page.locator('main section:has(> header h2)').evaluateAll((sections) =>
      sections.map((section) => {
        const last = section.lastElementChild?.getBoundingClientRect().bottom ?? 0;
        const text = document.createRange();
        text.selectNodeContents(section);
        const lines = [...text.getClientRects()].filter(({ height }) => height > 0 && height < 40);
        return [section.id, last - Math.max(...lines.map(({ bottom }) => bottom))] as const;
      }),
    );
    expect(gaps.filter(([, gap]) => gap > 40)).toEqual([]);
    expect(await page.locator('#model').innerText()).toContain('pytorch');
  });

  it('is said of curves over versions in one line, which asks for them again', async () => {
    const failing = ['trends'];
    const page = await open(versionPage(), { trends: trends(), failing });
    const alert = page.locator('#metrics').getByRole('alert');
    await alert.getByText('The curves over versions couldn’t be read: trends went wrong').waitFor();
    failing.pop();
    await alert.getByRole('button', { name: 'Retry' }).click();
    await page.locator('#metrics').getByRole('slider').first().waitFor();
    expect(await alert.count()).toBe(0);
  });

  it.each([1200, 320])('names commands without breaking a word of them, %i pixels wide', async (width) => {
    const damaged = async (): Promise<never> => {
      throw new Error(
        'The log of /home/ada/fraud is damaged: commit 12 doesn’t follow commit 11. Run `model-registry verify`.',
      );
    };
    const page = await open(barePage(bareVersion()), { facts: damaged, versionGates: damaged, width });
    const words = page.locator('code .code-word');
    await page.locator('#model .code-word').first().waitFor();
    expect(await words.count()).toBeGreaterThan(4);
    const broken = await words.evaluateAll((all) =>
      all.filter((word) => {
        const range = document.createRange();
        range.selectNodeContents(word);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
      }),
    );
    expect(broken).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});

describe('what comes late', () => {
  it('moves nothing that was there', async () => {
    let answer = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const version = versionDetails(2, {
      hasHistory: true,
      description: '',
      files: [
        ...(versionDetails().files ?? []),
        { path: 'README.md', sizeBytes: 900, sha256: 'a'.repeat(64), isExecutable: false },
      ],
      facts: { format: 'pytorch', parameterCount: 109_514_298, dtypes: ['float32'], danger: 'dangerous' },
    });
    const page = await open(versionPage(version), {
      late,
      trends: trends(),
      history: courses(),
      facts: async () => pageFacts(),
      cardFile: { path: 'README.md', text: hostileCard, isCut: false },
      versionGates: async () => ({
        stages: [{ stage: 'production', kind: 'promote', gates: [gate('auc', { outcome: 'failed' })], approvals: [] }],
      }),
    });
    const places = () =>
      page.locator('h1, h2, .figure, .stage-line, table.metrics tr').evaluateAll((all) =>
        all
          .filter((element) => element.closest('.details') === null)
          .map(
            (element) =>
              [element.textContent?.trim().slice(0, 20), Math.round(element.getBoundingClientRect().top)] as const,
          )
          .filter(([text]) => !/^(staging|production)/.test(text ?? '')),
      );
    await page.getByText('evaluating its gates…').first().waitFor();
    const before = await places();
    answer();
    await page.getByText('1 of 1 gate not passed').waitFor();
    await page.getByRole('slider', { name: /^test_auc/ }).waitFor();
    await page.getByRole('slider', { name: /^learning_rate/ }).waitFor();
    await page.getByText('Finds').waitFor();
    await page.locator('#danger').waitFor();
    const after = await places();
    const moved = before.filter(([, top], place) => Math.abs(top - (after[place]?.[1] ?? 0)) > 1);
    expect([after.length, moved]).toEqual([before.length, []]);
  });
});

describe('a model card', () => {
  it('is rendered as Markdown, and can do nothing', async () => {
    const page = await open(versionPage(versionDetails(2, { description: hostileCard })));
    const card = page.locator('#card');
    await card.getByRole('button', { name: 'Show all of it' }).click();
    expect(await card.locator('h3').innerText()).toContain('Fraud detector <b>bold</b>');
    expect(await card.locator('em, strong, blockquote, table, pre').count()).toBeGreaterThan(5);
    const text = await card.innerText();
    for (const shown of ["R&D '24", markup.slice(0, 20), 'print("<script>")', '<!-- a comment -->'])
      expect(text).toContain(shown);
    const links = await card.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual(['https://example.org/paper', 'https://example.org/pixel.png']);
    expect(await card.locator('img, script, iframe').count()).toBe(0);
    await card.getByRole('button', { name: 'weights' }).click();
    await expect.poll(() => sentOf('openFile')).toEqual([{ path: 'model.ubj', versionId: idOf(2) }]);
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
    expect(opened.errors).toEqual([]);
  });

  it.each(['>'.repeat(16_000), `${'- '.repeat(3000)}a`, 'a_'.repeat(8000)])(
    'that nests without end is a text (%#)',
    async (description) => {
      const page = await open(versionPage(versionDetails(2, { description })));
      expect(await page.locator('#card .markdown').count()).toBe(1);
      expect(opened.errors).toEqual([]);
    },
  );

  it('is taken from the files where nobody wrote another', async () => {
    const files = [
      ...(versionDetails().files ?? []),
      { path: 'hub/README.md', sizeBytes: 900, sha256: 'a'.repeat(64), isExecutable: false },
    ];
    const page = await open(versionPage(versionDetails(2, { files })), {
      cardFile: { path: 'hub/README.md', text: hostileCard, isCut: false },
    });
    await page.locator('#card').getByText('Finds').waitFor();
    await page.locator('#card').getByText('Metadata').click();
    expect(await page.locator('#card .metadata').innerText()).toContain('license: mit');
  });
});

describe('the way to load a version', () => {
  it('is shown for Python and for the command line, by each name, and copied', async () => {
    const page = await open(versionPage(versionDetails(2, { stage: 'production' })));
    const load = page.locator('#load');
    expect(await load.locator('pre').innerText()).toContain('from_registry("fraud-detector@2")');
    await load.getByRole('combobox').selectOption('fraud-detector@production');
    await expect.poll(() => load.locator('pre').innerText()).toContain('from_registry("fraud-detector@production")');
    await load.getByRole('tab', { selected: true }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => load.locator('pre').innerText()).toContain('model-registry pull fraud-detector@production');
    await load.getByRole('button', { name: 'Copy' }).click();
    await expect
      .poll(() => sentOf('copyText'))
      .toEqual([{ text: expect.stringContaining('model-registry pull'), what: 'the snippet' }]);
  });
});

describe('what stands close together in a narrow page', () => {
  it('leaves room between aliases, and between their lines', async () => {
    const aliases = Array.from({ length: 12 }, (_, index) => `alias-${index}`);
    const page = await open(versionPage(versionDetails(2, { aliases })), { width: 320 });
    const boxes = await page.locator('.page-title .pill').evaluateAll((all) =>
      all.map((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
    expect(boxes).toHaveLength(12);
    for (const [index, box] of boxes.entries()) {
      const next = boxes[index + 1];
      if (next) expect(next.top > box.top ? next.top - box.bottom : next.left - box.right).toBeGreaterThanOrEqual(3);
    }
  });

  it.each([320, 1200])('shows all of the way to load it, and nothing but it, in %i pixels', async (width) => {
    const page = await open(versionPage(versionDetails(2, { stage: 'production' })), { width });
    const pre = page.locator('#load pre');
    const { code, room, wide } = await pre.evaluate((element) => ({
      code: element.querySelector('code')?.getBoundingClientRect().height ?? 0,
      room: element.clientHeight,
      wide: element.scrollWidth - element.clientWidth,
    }));
    // The box has 8 pixels above and below.
    expect([room - code < 24, room >= code, wide]).toEqual([true, true, 0]);
    const select = await page.getByRole('combobox').boundingBox();
    const title = await page.locator('#load .section-title').boundingBox();
    expect((title?.y ?? 0) + (title?.height ?? 0) - ((select?.y ?? 0) + (select?.height ?? 0))).toBeGreaterThanOrEqual(
      3,
    );
  });
});

describe('a long talk', () => {
  it('shows what was said last, and the rest when it is asked for', async () => {
    const [one] = versionDetails().comments;
    if (!one) throw new Error('There is no comment.');
    const comments = Array.from({ length: 300 }, (_, index) => ({ ...one, id: `c${index}`, text: `Said ${index}.` }));
    const page = await open(versionPage(versionDetails(2, { comments })));
    const said = page.locator('#comments li');
    await expect.poll(() => said.count()).toBe(50);
    expect(await said.last().innerText()).toContain('Said 299.');
    await page.getByRole('button', { name: 'Show 200 earlier of 250' }).click();
    await page.getByRole('button', { name: 'Show 50 earlier of 50' }).click();
    await expect.poll(() => said.count()).toBe(300);
    expect(await said.first().innerText()).toContain('Said 0.');
  });
});

describe('files on the page', () => {
  const pixel =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

  it('shows a picture beside that of the version it is measured against', async () => {
    const files = [{ path: 'plots/curve.png', sizeBytes: 900, sha256: 'a'.repeat(64), isExecutable: false }];
    const page = await open(versionPage(versionDetails(2, { files })), {
      preview: ({ path }) => ({ kind: 'picture', path, source: pixel }),
    });
    await page.getByRole('button', { name: 'Preview plots/curve.png' }).click();
    await expect.poll(() => page.locator('figure img').count()).toBe(2);
    const widths = await page.locator('figure img').evaluateAll((all) => all.map((img) => img.clientWidth > 0));
    expect(widths).toEqual([true, true]);
    expect(await page.locator('figcaption').allInnerTexts()).toEqual(['@1', 'This version']);
    expect(sentOf('preview')).toEqual([
      { path: 'plots/curve.png', versionId: idOf(2) },
      { path: 'plots/curve.png', versionId: idOf(1) },
    ]);
    expect(opened.errors).toEqual([]);
  });

  it('are said to be empty where they are', async () => {
    const files = [0, 1].map((sizeBytes) => ({
      path: `model-${sizeBytes}.bin`,
      ...{ sizeBytes, sha256: 'a'.repeat(64), isExecutable: false },
    }));
    const page = await open(versionPage(versionDetails(2, { files })));
    const names = await page.locator('#files tbody th').allInnerTexts();
    expect(names.map((name) => name.split(/\s+/))).toEqual([['model-0.bin', 'empty'], ['model-1.bin']]);
  });

  it('shows a text as text, saves a file and compares it with that of another version', async () => {
    const files = [{ path: 'config.json', sizeBytes: 900, sha256: 'a'.repeat(64), isExecutable: false }];
    const page = await open(versionPage(versionDetails(2, { files })), {
      preview: ({ path }) => ({ kind: 'text', path, text: markup, isCut: true }),
    });
    await page.getByRole('button', { name: 'Preview config.json' }).click();
    await page.locator('.preview-text', { hasText: '<img src=x' }).waitFor();
    await page.getByRole('button', { name: 'Save config.json as…' }).click();
    await page.getByRole('button', { name: 'Compare config.json with that of @1' }).click();
    await page.getByRole('button', { name: 'Copy the path config.json' }).click();
    await expect.poll(() => sentOf('copyText')).toEqual([{ text: 'config.json', what: 'the path' }]);
    expect(sentOf('saveFile')).toEqual([{ path: 'config.json' }]);
    expect(sentOf('openFile')).toEqual([{ path: 'config.json', versionId: idOf(2), before: idOf(1) }]);
  });
});

describe('what a person writes and sets', () => {
  it('is sent as Markdown, after a look at it', async () => {
    const page = await open(versionPage());
    await page.getByRole('button', { name: 'Comment…', exact: true }).click();
    await page.getByPlaceholder('Ctrl+Enter sends it').waitFor();
    await page.keyboard.type('Looks **good**');
    await page.getByRole('button', { name: 'Preview', exact: true }).click();
    expect(await page.locator('.composer-preview strong').innerText()).toBe('good');
    await page.getByRole('button', { name: 'Add the comment' }).click();
    await expect.poll(() => sentOf('remark')).toEqual([{ kind: 'comment', text: 'Looks **good**' }]);
    await expect.poll(() => page.locator('.composer').count()).toBe(0);
    await page.getByRole('button', { name: 'Comment…', exact: true }).click();
    expect(await page.getByLabel('Comment, in Markdown').inputValue()).toBe('');
  });

  it('stays written where it can’t be sent', async () => {
    const page = await open(versionPage(), { failing: ['remark'] });
    await page.getByRole('button', { name: 'Add note…' }).click();
    await page.getByLabel('Note, in Markdown').fill('Kept');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByRole('alert').getByText('remark went wrong').waitFor();
    expect(await page.getByLabel('Note, in Markdown').inputValue()).toBe('Kept');
  });

  it('stays folded when the page is shown again, and a link to a section opens it', async () => {
    const page = await open(versionPage());
    await page.getByRole('button', { name: 'Lineage', exact: true }).click();
    await page.reload();
    await page.locator('h1').waitFor();
    expect(await page.locator('#lineage .part').count()).toBe(0);
    await page.getByRole('navigation').getByText('Lineage').click();
    await expect.poll(() => page.locator('#lineage .part').count()).toBeGreaterThan(3);
  });
});

describe('the run', () => {
  it('is tracked by a tracker; values that were read from files weren’t', async () => {
    const { lineage } = versionDetails();
    const page = await open(versionPage(versionDetails(2, { lineage: { ...lineage, run: { tracker: 'files' } } })));
    const run = page.locator('#lineage .part', { hasText: 'values from its files' });
    expect(await run.innerText()).not.toContain('tracked by');
    await opened.close();
    const tracked = await open(versionPage(versionDetails()));
    await tracked.getByText('tracked by mlflow').waitFor();
  });
});

describe('values and tables', () => {
  it('are copied whole', async () => {
    const page = await open(versionPage());
    await page
      .locator('table.metrics')
      .getByRole('button', { name: /copy test_auc/ })
      .click();
    await page.locator('#params').getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.getByRole('button', { name: 'Copy the address for MLflow' }).click();
    await expect.poll(() => sentOf('copyText').length).toBe(3);
    const [value, table, address] = sentOf('copyText').map((params) => JSON.stringify(params));
    expect(value).toContain('0.9412345');
    expect(table).toContain('| max_depth | 8 |');
    expect(address).toContain('models:/fraud-detector/2');
  });
});

describe('extremes', () => {
  it.each([
    ['nothing recorded', barePage(bareVersion())],
    [
      'everything long',
      versionPage(
        versionDetails(2, {
          hasHistory: true,
          description: `# ${longName}\n\n${longName} ${longName}\n\n| ${longName} | b |\n|---|---|\n| 1 | 2 |`,
          notes: [{ id: '1', text: longName, by: { name: longName, email: '' }, at: '' }],
        }),
      ),
    ],
  ])('with %s, keep within 320 pixels', async (_what, data) => {
    const extreme = [
      {
        name: 'test_auc',
        points: [
          [1, 1.7e308],
          [2, -1.7e308],
        ] as const,
      },
    ];
    const page = await open(data, { width: 320, trends: extreme, history: courses(), facts: async () => pageFacts() });
    await page.locator('#signature').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(opened.errors).toEqual([]);
  });
});
