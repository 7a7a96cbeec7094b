import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import * as v from 'valibot';

const LIMIT_MS = 20_000;
const REST_MS = 400;
const pageSchema = v.optional(v.nullable(v.object({ title: v.string(), at: v.optional(v.number()) })));

/** Call it before the page goes anywhere. Times are from the last press of a key or a button to the picture that shows what it did. */
export async function watchScreen(page: Page): Promise<void> {
  await page.addInitScript({ path: join(import.meta.dirname, 'screen-watcher.js') });
}

/** Until there is an element that fits. */
export async function untilThere(page: Page, selector: string, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`benchScreen.expect(${JSON.stringify(selector)})`);
  await act();
  return v.parse(v.number(), await page.evaluate('benchScreen.found()'));
}

/** Until what stands below `selector` changes no more. 0 where nothing changed. */
export async function untilRest(page: Page, selector: string, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`benchScreen.follow(${JSON.stringify(selector)})`);
  await act();
  return v.parse(v.number(), await page.evaluate(`benchScreen.rested(${REST_MS})`));
}

/** Until a webview shows a page with this heading, of which spaces are left out. */
export async function untilPage(page: Page, heading: RegExp, act: () => Promise<void>): Promise<number> {
  await act();
  const startedAt = performance.now();
  while (performance.now() - startedAt < LIMIT_MS) {
    for (const frame of page.frames()) {
      const shown = await shownIn(frame);
      if (shown?.at === undefined || !heading.test(shown.title)) continue;
      const taken = shown.at - v.parse(v.number(), await page.evaluate('benchScreen.inputAt()'));
      // What was there before is on its way out.
      if (taken > 0) return taken;
    }
    await page.waitForTimeout(50);
  }
  throw new Error(`No page is called ${heading}.`);
}

async function shownIn(frame: Frame): Promise<v.InferOutput<typeof pageSchema>> {
  // A frame may go away while it is asked.
  return v.parse(pageSchema, await frame.evaluate('benchScreen.page()').catch(() => undefined));
}
