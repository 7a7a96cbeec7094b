import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { allScreens } from './screens.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

interface PlacedSection {
  readonly id: string;
  readonly left: number;
  readonly top: number;
}

/** The sections with a heading of their own, in the order of the document, where they are on the screen. */
function sectionsOf(page: Page): Promise<PlacedSection[]> {
  return page.locator('main section:has(> header h2)').evaluateAll((sections) =>
    sections.map((section) => {
      const { left, top } = section.getBoundingClientRect();
      return { id: section.id, left, top };
    }),
  );
}

function linksOf(page: Page): Promise<string[]> {
  return page
    .locator('nav.contents a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')?.slice(1) ?? ''));
}

describe.each([1200, 320])('the links of a version’s page, %i pixels wide', (width) => {
  it.each(['typical', 'empty', 'writing'])(
    'lead to all of its sections, in the order in which they are read: %s',
    async (state) => {
      const screen = allScreens.find((one) => one.kind === 'version' && one.state === state);
      if (!screen) throw new Error(`There is no state ${state}.`);
      opened = await screen.open(harness, { width });
      const sections = await sectionsOf(opened.page);
      expect(await linksOf(opened.page)).toEqual(sections.map(({ id }) => id));
      const columns = [...new Set(sections.map(({ left }) => left))].sort((a, b) => a - b);
      expect(columns).toHaveLength(width === 320 ? 1 : 2);
      for (const column of columns) {
        const inColumn = sections.filter(({ left }) => left === column);
        expect(inColumn.toSorted((a, b) => a.top - b.top)).toEqual(inColumn);
      }
    },
  );
});
