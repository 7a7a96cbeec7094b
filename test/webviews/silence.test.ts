import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VersionPageData } from '../../src/extension/messages/page-data.ts';
import { versionPage } from './examples.ts';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => opened.close());
afterAll(() => harness.close());

const never = () => new Promise<never>(() => undefined);
const waits = { ownsTime: true, isLeftWaiting: true } as const;
const silent = 'The extension hasn’t answered for 5 seconds.';

/** What becomes of a page whose extension ended: the editor hands its messages to nobody, and says nothing. */
const endExtension = () =>
  opened.page.evaluate('globalThis.answering = globalThis.askHost, globalThis.askHost = () => new Promise(() => {})');
const wakeExtension = () => opened.page.evaluate('globalThis.askHost = globalThis.answering');

describe('an extension that doesn’t answer', () => {
  it('is told of within seconds where the page waits for its data, which it shows when it comes', async () => {
    let answer = (_data: VersionPageData): void => undefined;
    const data = new Promise<VersionPageData>((done) => {
      answer = done;
    });
    opened = await harness.open({ kind: 'version', data: () => data, ...waits });
    const { page } = opened;
    await page.getByText('Reading the registry…').waitFor();
    await endExtension();
    await page.clock.runFor(7000);
    await page.getByRole('alert').getByText(silent).waitFor();
    await page.getByRole('alert').getByText('Developer: Restart Extension Host').waitFor();
    await wakeExtension();
    answer(versionPage());
    await page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
    await expect.poll(() => page.getByText(silent).count()).toBe(0);
  });

  it('is told of in each part that waits, and these are read when it is back', async () => {
    let answers = 0;
    opened = await harness.open({
      kind: 'version',
      data: async () => versionPage(),
      versionGates: () => {
        answers += 1;
        return answers === 1 ? never() : Promise.resolve({ stages: [] });
      },
      ...waits,
    });
    const { page } = opened;
    await page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
    await opened.settled();
    await endExtension();
    await page.clock.runFor(7000);
    await page.locator('#gates').getByText('The extension doesn’t answer.').waitFor();
    await page.clock.runFor(120_000);
    await page.locator('#gates').getByText('didn’t answer within').waitFor();
    await wakeExtension();
    await page.clock.runFor(1000);
    await page.locator('#gates').getByText('has no gates').first().waitFor();
    expect(await page.getByText(silent).count()).toBe(0);
  });

  it('is told of above the page, where it is seen, whatever was pressed', async () => {
    opened = await harness.open({ kind: 'version', data: async () => versionPage(), ...waits });
    const { page } = opened;
    await page.getByText('candidate').first().waitFor();
    await opened.settled();
    await endExtension();
    const copy = page.getByRole('button', { name: /^Copy/ }).last();
    await copy.scrollIntoViewIfNeeded();
    await copy.click();
    await page.clock.runFor(7000);
    const banner = page.getByRole('alert').filter({ hasText: silent });
    await banner.waitFor();
    const box = await banner.boundingBox();
    const height = page.viewportSize()?.height ?? 0;
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect(box?.y).toBeLessThan(height / 2);
  });

  it('is told of on the page of a file, which the editor doesn’t open anew', async () => {
    opened = await harness.open({ kind: 'modelFile', data: never, ...waits });
    const { page } = opened;
    await page.getByText('Reading the registry…').waitFor();
    await endExtension();
    await page.clock.runFor(7000);
    await page.getByRole('alert').getByText('close this tab and open the file once more').waitFor();
  });
});
