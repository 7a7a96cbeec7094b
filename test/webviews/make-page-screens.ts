import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { axeViolations } from './axe.ts';
import { contactSheet, type Picture } from './contact-sheet.ts';
import { startHarness } from './harness.ts';
import { layoutFlaws } from './layout-flaws.ts';
import { allScreens } from './screens.ts';
import { themeNames } from './themes.ts';

const widths = [1200, 320];
/** The rest of a page of ten thousand files says nothing more. */
const tallest = 5000;

const folder = resolve(import.meta.dirname, '../../out/screens/pages');

/** Pictures of every page in every state, theme and width, in out/screens/pages; with `only`, of one page (`version`) or of one of its states (`version:empty`). Says what axe-core finds, and what is clipped: how much that is. */
export async function makePageScreens(only?: string): Promise<number> {
  const wanted = allScreens.filter(
    ({ kind, state }) => only === undefined || only === kind || only === `${kind}:${state}`,
  );
  if (wanted.length === 0) throw new Error(`There is no page ${only}: they are ${namesOf(allScreens)}.`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const harness = await startHarness();
  const pictures: Picture[] = [];
  const flaws: string[] = [];
  try {
    for (const screen of wanted) {
      for (const width of widths) {
        const of = `${screen.kind}, ${screen.state}, ${width}`;
        const opened = await screen.open(harness, { width });
        // What stays in place when a page is scrolled lies over some of it.
        await opened.page.evaluate('scrollTo(0, 0)');
        for (const theme of themeNames) {
          await opened.setTheme(theme);
          const file = `${screen.kind}-${screen.state.replaceAll(' ', '-')}-${width}-${theme}.png`;
          const height = await opened.page.evaluate<number>('document.documentElement.scrollHeight');
          // Not all of it, of which a part is taken: to lay out a window as high as hundreds of rows takes a minute.
          if (height > tallest) await opened.page.setViewportSize({ width, height: tallest });
          const path = join(folder, file);
          await opened.page.screenshot({ path, fullPage: height <= tallest, animations: 'disabled' });
          pictures.push({ file, screen: `${screen.kind}: ${screen.state}`, theme, width });
          // Nothing but the colours differs between themes.
          const violations = await axeViolations(opened.page, theme === themeNames[0] ? undefined : 'contrast');
          flaws.push(...violations.map((violation) => `${of}, ${theme}: ${violation}`));
        }
        flaws.push(...[...opened.errors, ...(await layoutFlaws(opened.page))].map((flaw) => `${of}: ${flaw}`));
        await opened.close();
      }
      console.log(`${screen.kind}: ${screen.state}`);
    }
  } finally {
    await harness.close();
  }
  await writeFile(join(folder, 'index.html'), contactSheet('Pages', pictures));
  for (const flaw of flaws) console.log(flaw);
  console.log(`${flaws.length} flaws. ${pictures.length} pictures: ${join(folder, 'index.html')}`);
  return flaws.length;
}

function namesOf(screens: readonly { readonly kind: string; readonly state: string }[]): string {
  return [...new Set(screens.map(({ kind }) => kind))].join(', ');
}
