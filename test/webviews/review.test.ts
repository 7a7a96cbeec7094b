import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewGate, ReviewPageData } from '../../src/extension/messages/review.ts';
import { codeBetween, longName, markup } from './examples.ts';
import { approval, gate, someGates } from './gate-examples.ts';
import { cutOff, type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';
import { reviewPage } from './review-examples.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(
  data: ReviewPageData,
  {
    gates = [gate('test_auc')],
    ...options
  }: Partial<Omit<OpenOptions<'review'>, 'gates'>> & { gates?: readonly ReviewGate[] } = {},
) {
  opened = await harness.open({
    kind: 'review',
    data: async () => data,
    gates: async () => ({ gates }),
    codeBetween: async () => codeBetween(),
    ...options,
  });
  await opened.page.locator('#gates .gate, #gates .empty').first().waitFor();
  return opened.page;
}

describe('the page of a review', () => {
  it('says at once how it stands, with what isn’t passed first', async () => {
    const page = await open(reviewPage(), { gates: someGates() });
    expect(await page.locator('.verdict').innerText()).toContain(
      'Not yet: 1 of 5 gates failed, 1 wasn’t evaluated, 1 waits for people.',
    );
    expect(await page.locator('.gate strong').allInnerTexts()).toEqual([
      'latency_p99_ms',
      '2 approvals',
      'python validate.py',
      'test_auc',
      'lineage',
    ]);
    expect(await page.locator('.gate-failed').first().innerText()).toMatch(
      /failed[\s\S]*21\.7 %[\s\S]*Required\s+at most 15 % worse[\s\S]*Found\s+18\.25[\s\S]*Evidence/,
    );
    expect(await page.locator('.gate', { hasText: 'python validate.py' }).innerText()).toContain('Press “Run gates”');
    expect(opened.errors).toEqual([]);
  });

  it('says where nothing but people is missing, unless one of them refused', async () => {
    const people = gate('approvals', { isWaiting: true, outcome: 'failed', why: 'no approval yet, 1 needed' });
    await open(reviewPage({ approvals: [] }), { gates: [gate('auc'), people] });
    expect(await opened.page.locator('.verdict').innerText()).toContain(
      'Waiting for people: no approval yet, 1 needed.',
    );
    await opened.close();
    const refused = { ...people, isWaiting: false, why: 'bob@example.org refused it' };
    const approvals = [approval('bob@example.org', { isGiven: false, comment: 'Twice as slow.' })];
    await open(reviewPage({ approvals }), { gates: [gate('auc'), refused] });
    expect(await opened.page.locator('.verdict').innerText()).toContain(
      'Not yet: approvals: bob@example.org refused it',
    );
  });

  it('shows the candidate beside the version in the stage: metrics, slices, changes, files, danger', async () => {
    const page = await open(reviewPage());
    expect(await page.locator('tr', { hasText: 'latency_p99_ms' }).first().innerText()).toMatch(
      /18\.25\s+15\s+▲\s*\+3\.25 worse/,
    );
    expect(await page.locator('main').innerText()).toContain('Measured for @1 only: pr_auc (0.61).');
    const brazil = page.locator('#evaluations tr', { hasText: /^\s*BR/ });
    expect(await brazil.innerText()).toMatch(/0\.91\s+▼\s*−0\.011 worse/);
    expect(await page.locator('#evaluations').innerText()).toContain('0.9312 to 0.9441');
    await expect
      .poll(() => page.locator('#changes').innerText())
      .toContain('3 commits by Ada Lovelace and Grace Hopper change 4 files');
    expect(await page.locator('#files').innerText()).toMatch(
      /model\.ubj[\s\S]*changed[\s\S]*serve\.sh[\s\S]*added[\s\S]*1 file is the same/,
    );
    expect(await page.locator('#danger').innerText()).toMatch(
      /Nothing that runs code was found[\s\S]*@1: Its files use code/,
    );
  });

  it('keeps sizes, digests and what became of a file apart in a narrow page', async () => {
    const page = await open(reviewPage(), { width: 320 });
    const cells = await page
      .locator('#files tbody tr')
      .first()
      .locator('td > span, td > button')
      .evaluateAll((all) =>
        all.map((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return { left, right, top, bottom };
        }),
      );
    const [before, after, what] = cells;
    if (!before || !after || !what) throw new Error('The row has no three cells.');
    expect(after.left - before.right).toBeGreaterThanOrEqual(8);
    expect(what.bottom).toBeLessThanOrEqual(before.top + 1);
    expect(await page.locator('#files .data-digest').first().innerText()).toMatch(/^e{12}$/);
  });

  it('names people, what they said, and why an approval doesn’t count', async () => {
    const page = await open(
      reviewPage({
        approvals: [
          approval('grace@example.org', { comment: 'Looked at the slices.' }),
          approval('ada@example.org', { isAuthor: true }),
          approval('eve@example.org', { isCounted: false }),
          approval('bob@example.org', { isGiven: false, comment: 'Twice as slow.' }),
          approval('dan@example.org', {
            lapsed: { code: 'gate', why: 'the gate test_auc failed since', at: '2026-11-21T10:00:00.000Z' },
          }),
        ],
      }),
    );
    const items = await page.locator('.approvals li').allInnerTexts();
    expect(items[0]).toMatch(/grace@example\.org[^\n]* approved[\s\S]*Looked at the slices/);
    expect(items[1]).toContain('Doesn’t count: that is who registered the version.');
    expect(items[2]).toContain('Doesn’t count: the policy asks for the signature');
    expect(items[4]).toMatch(/dan@example\.org[\s\S]*Lapsed 21 Nov 2026[\s\S]*the gate test_auc failed since/);
    expect(items[3]).toMatch(/bob@example\.org[^\n]* refused[\s\S]*Twice as slow/);
  });

  it('names a few of many stages that the policy lets versions come from', async () => {
    const from = ['qa', 'shadow', 'canary', 'pilot', 'beta', 'trial'];
    const page = await open(reviewPage({ from }), { gates: [] });
    const text = 'from qa, shadow, canary and 3 more only, and this one is in candidate';
    expect(await page.locator('.verdict').innerText()).toContain(text);
    expect(await page.locator('#decision-why').innerText()).toContain(text);
  });

  it('promotes with a reason, naming whom the person saw in the stage', async () => {
    const page = await open(reviewPage());
    const promote = page.getByRole('button', { name: 'Promote to production' });
    expect(await promote.isDisabled()).toBe(true);
    await page.getByLabel('Reason or comment').fill('Better on every slice');
    await promote.click();
    await page.getByText('Promoted.').waitFor();
    expect(opened.sent.filter(({ method }) => method === 'decide')).toEqual([
      { method: 'decide', params: { decision: 'promote', text: 'Better on every slice', revision: 1 } },
    ]);
    expect(await page.getByLabel('Reason or comment').inputValue()).toBe('');
    expect(opened.ignored).toEqual([]);
  });

  it('has the reason of a proposal filled in, for the person to change, and says where it comes from', async () => {
    const page = await open(reviewPage({ proposal: '<b>Better</b> on every slice' }));
    const reason = page.getByLabel('Reason or comment');
    expect(await reason.inputValue()).toBe('<b>Better</b> on every slice');
    expect(await page.locator('#decision').innerText()).toContain('A language model proposes this.');
    await reason.fill('Looked at it myself');
    await page.getByRole('button', { name: 'Take its reason' }).click();
    expect(await reason.inputValue()).toBe('<b>Better</b> on every slice');
    await reason.fill('Looked at it myself');
    await page.getByRole('button', { name: 'Promote to production' }).click();
    await expect
      .poll(() => opened.sent.at(-1))
      .toMatchObject({ method: 'decide', params: { decision: 'promote', text: 'Looked at it myself' } });
  });

  it('disables promoting with the reasons why, and offers to override where the policy lets', async () => {
    const page = await open(reviewPage(), { gates: someGates() });
    await page.getByLabel('Reason or comment').fill('It has to go out');
    expect(await page.getByRole('button', { name: 'Promote to production' }).isDisabled()).toBe(true);
    const why = await page.locator('#decision-why').innerText();
    expect(why).toMatch(
      /can’t be promoted now:[\s\S]*more than 15 %[\s\S]*the policy requires 2 approvals: 1 of 2[\s\S]*python validate\.py wasn’t evaluated: it hasn’t run/,
    );
    await page.getByRole('button', { name: 'Override gates…' }).click();
    await expect.poll(() => opened.sent.at(-1)).toMatchObject({ method: 'decide', params: { decision: 'override' } });
  });

  it('has no override where the policy allows none', async () => {
    const page = await open(reviewPage({ isOverrideAllowed: false }), { gates: someGates() });
    expect(await page.getByRole('button', { name: /Override/ }).count()).toBe(0);
    await page.getByText('lets nobody override a gate').waitFor();
  });

  it('says within seconds that nobody answers any more, and waits for a person who was asked', async () => {
    let answer: (result: { outcome: 'done' }) => void = () => undefined;
    const page = await open(reviewPage(), {
      decide: () =>
        new Promise((done) => {
          answer = done;
        }),
      ownsTime: true,
    });
    await page.getByLabel('Reason or comment').fill('Better on last week’s data');
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect.poll(() => opened.sent.at(-1)).toMatchObject({ method: 'decide' });
    await page.clock.fastForward(3_600_000);
    answer({ outcome: 'done' });
    await page.getByText('Approved.').waitFor();
    await page.evaluate('globalThis.askHost = () => new Promise(() => undefined)');
    await page.getByLabel('Reason or comment').fill('Once more');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.clock.runFor(6000);
    await page.getByRole('alert').getByText('The extension hasn’t answered for 5 seconds.').waitFor();
  });

  it('approves without a comment, refuses with one only, and says what went wrong', async () => {
    const page = await open(reviewPage(), {
      decide: async () => Promise.reject(new Error('The registry is read-only.')),
    });
    expect(await page.getByRole('button', { name: 'Refuse' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('alert').getByText('The registry is read-only.').waitFor();
    await page.getByLabel('Reason or comment').fill('Twice as slow');
    await page.getByRole('button', { name: 'Refuse' }).click();
    await expect
      .poll(() => opened.sent.at(-1))
      .toEqual({ method: 'decide', params: { decision: 'refuse', text: 'Twice as slow', revision: 1 } });
  });

  it('asks people for a review, and shows who asked whom', async () => {
    let data = reviewPage();
    const page = await open(data, { data: async () => data });
    await page.getByLabel('Reason or comment').fill('Please look at Brazil');
    await page.getByLabel('Or ask for a review by').fill('grace@example.org, Bob');
    await page.getByRole('button', { name: 'Request promotion' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        {
          method: 'decide',
          params: {
            decision: 'request',
            text: 'Please look at Brazil',
            revision: 1,
            reviewers: ['grace@example.org', 'Bob'],
          },
        },
      ]);
    const by = { name: 'Ada Lovelace', email: 'ada@example.org' };
    const times = { at: '2026-11-21T09:00:00.000Z', askedAt: '2026-11-21T09:00:00.000Z' };
    const said = { comment: 'Please look at Brazil', reviewers: ['grace@example.org', 'Bob'], pending: false };
    data = reviewPage({ request: { by, ...times, ...said, isOwn: true, isWanted: false } });
    await opened.changed();
    await page.locator('#request', { hasText: 'Reviewers: grace@example.org, Bob' }).waitFor();
    expect(await page.getByRole('button', { name: 'Request promotion' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await expect.poll(() => opened.sent.at(-1)).toMatchObject({ params: { decision: 'withdraw', text: '' } });
  });

  it('has one name for the version that it is compared with, shared or not', async () => {
    const data = reviewPage();
    const other = data.other && { ...data.other, version: { ...data.other.version, pending: true } };
    const page = await open({ ...data, ...(other ? { other } : {}) }, { gates: someGates() });
    const texts = await page.locator('main').innerText();
    const draft = `@draft-${other?.version.id.slice(-6).toLowerCase()}`;
    expect(texts).toMatch(new RegExp(`Compared with ${draft},`));
    expect(texts).toMatch(new RegExp(`Changes are against ${draft},`));
  });

  it('runs gates, shows that they run, and opens evidence', async () => {
    let data = reviewPage();
    const page = await open(data, { gates: someGates(), data: async () => data });
    await page.getByRole('button', { name: 'Run gates' }).click();
    await page.getByRole('button', { name: 'Evidence of test_auc' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'runGates', params: { isAgain: false } },
        { method: 'openEvidence', params: { gate: 'test_auc: at least 0.85' } },
      ]);
    data = reviewPage({ running: { step: 'python validate.py' } });
    await opened.changed();
    await page.locator('.gate-running', { hasText: 'python validate.py' }).waitFor();
    expect(await page.locator('#decision-why').innerText()).toContain('Its gates are running.');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => opened.sent.at(-1)).toEqual({ method: 'cancelGates', params: {} });
  });

  it('is only looked at in Restricted Mode', async () => {
    const page = await open(reviewPage({ isTrusted: false }), { gates: someGates() });
    expect(await page.getByLabel('Reason or comment').isDisabled()).toBe(true);
    for (const name of ['Promote to production', 'Approve', 'Refuse'])
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Run gates' }).count()).toBe(0);
    // Once, where what isn't available is.
    expect(await page.getByText('Restricted Mode').count()).toBe(1);
    await page.locator('#decision', { hasText: 'Restricted Mode' }).getByText('Manage Workspace Trust').waitFor();
    expect(await page.locator('.verdict').innerText()).toContain('1 of 5 gates failed');
  });

  it('tells what keeps gates and git from answering once', async () => {
    const why = 'The log is damaged: commit 12 doesn’t follow commit 11.';
    const damaged = async (): Promise<never> => {
      throw new Error(why);
    };
    opened = await harness.open({
      kind: 'review',
      data: async () => reviewPage(),
      gates: damaged,
      codeBetween: damaged,
    });
    const { page } = opened;
    await page.getByText('The commits can’t be listed: the gates say why.').waitFor();
    expect(await page.getByText(why).count()).toBe(1);
    expect(await page.locator('.verdict').innerText()).toBe('Not yet: Its gates can’t be evaluated.');
  });

  it('says once that no gates are declared', async () => {
    const page = await open(reviewPage(), { gates: [] });
    expect(await page.getByText('No gates are declared for production.').count()).toBe(1);
    expect(await page.locator('.verdict').innerText()).toBe('Nothing stands in its way to production.');
  });

  it('tells why gates can’t be evaluated, and lets nobody promote then', async () => {
    opened = await harness.open({
      kind: 'review',
      data: async () => reviewPage(),
      gates: () => Promise.reject(new Error('model-registry.yaml, line 4: gates is no list.')),
    });
    await opened.page.locator('#gates', { hasText: 'line 4: gates is no list' }).waitFor();
    await opened.page.getByLabel('Reason or comment').fill('Now');
    expect(await opened.page.getByRole('button', { name: 'Promote to production' }).isDisabled()).toBe(true);
  });

  it('evaluates its gates again when something changed, and keeps what is known meanwhile', async () => {
    let answers = 0;
    const slow = new Promise<never>(() => undefined);
    opened = await harness.open({
      kind: 'review',
      data: async () => reviewPage(),
      gates: async () => {
        answers += 1;
        return answers === 3 ? slow : { gates: [gate(`gate ${answers}`)] };
      },
    });
    const { page } = opened;
    await page.getByText('gate 1', { exact: true }).waitFor();
    await opened.changed();
    await page.getByText('gate 2', { exact: true }).waitFor();
    await opened.changed();
    await expect.poll(() => answers).toBe(3);
    expect(await page.getByText('gate 2', { exact: true }).isVisible()).toBe(true);
  });

  it('shows what others wrote as text, and widens and cuts off nothing in a narrow page', async () => {
    const hostile = [
      gate(markup, { measured: markup, required: longName, why: markup, outcome: 'failed' }),
      gate(longName, { outcome: 'not-evaluated', why: longName }),
      ...someGates(),
    ];
    const approvals = [approval(markup, { comment: `${markup} ${longName}` }), approval(longName)];
    for (const width of [260, 480, 700, 1400]) {
      const page = await open(reviewPage({ approvals, stage: 'production' }), { gates: hostile, width });
      expect(await page.locator('main b, main img').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await cutOff(page, '.gate-name, .gate-facts dd, .verdict, .actions vscode-button')).toEqual([]);
      expect(opened.errors).toEqual([]);
      if (width !== 1400) await opened.close();
    }
  });

  it('can be worked with by the keyboard alone', async () => {
    const page = await open(reviewPage());
    await page.getByLabel('Reason or comment').focus();
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => opened.sent.at(-1))
      .toMatchObject({ method: 'decide', params: { decision: 'promote', text: 'By keyboard' } });
  });
});
