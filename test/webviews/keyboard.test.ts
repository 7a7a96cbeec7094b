import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { focusLosses } from './focus-losses.ts';
import { type Harness, startHarness } from './harness.ts';
import { type Stop, walk, watchListeners } from './keyboard-walk.ts';
import { allScreens } from './screens.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** Every page as it mostly is, and the states in which it has other controls. */
const walked = allScreens.filter(({ state }) =>
  ['typical', 'gates', 'tensors', 'table', 'selection', 'writing'].includes(state),
);

/** What only a pointer reaches, and where the keyboard does the same. */
const pointerOnly: readonly string[] = [
  // Points and parts of a chart: its frame has the arrow keys.
  'version-chart .u-wrap',
  'version-chart .u-over',
  // Moments of a stage: the field above it.
  '.time-strip svg',
];

/** Resolves once nothing on the page has changed for a while. */
const untilAtRest = `new Promise((done) => {
  const rest = () => setTimeout(() => { observer.disconnect(); done(); }, 300);
  let timer = rest();
  const observer = new MutationObserver(() => { clearTimeout(timer); timer = rest(); });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})`;

describe.each(walked)('$kind, $state, by keyboard alone', (screen) => {
  it('reaches everything in its order and back, shows where it is, does by keys what a click does, and stays where something was done', async () => {
    const opened = await screen.open(harness, { width: 1200, before: watchListeners });
    const { page } = opened;
    // What comes later than the page moves what is below it.
    await page.evaluate(untilAtRest);
    const strangers = await page.evaluate<readonly string[]>(`[...listening]
      .filter((element) => element.isConnected && element.closest('main') && element.getRootNode() === document)
      .filter((element) => !element.matches(${JSON.stringify(['a[href]', 'button', 'input', 'select', 'textarea', 'summary', 'label', '[tabindex]', 'vscode-button', 'vscode-checkbox', 'vscode-textfield', ...pointerOnly].join(', '))}))
      .map((element) => element.outerHTML.slice(0, 140))`);
    expect(strangers).toEqual([]);

    const { expected, forwards, backwards } = await walk(page);
    expect(expected.length).toBeGreaterThan(0);
    const once = forwards.slice(0, forwards.findIndex(({ place }) => place === expected.length - 1) + 1);
    const inOrder = expected.map((_, place) => place);
    expect({
      missed: expected.filter((_, place) => !placesOf(once).includes(place)),
      forwards: placesOf(once),
      backwards: placesOf(backwards).slice(0, expected.length),
      unmarked: once.filter(({ isMarked, place }) => !isMarked && place !== undefined).map(({ what }) => what),
      covered: [...once, ...backwards].flatMap(({ what, coveredBy }) =>
        coveredBy === undefined ? [] : [`${what} by ${coveredBy}`],
      ),
      deaf: once.filter((stop) => !wanted(stop).every((key) => stop.clickedBy.includes(key))).map(({ what }) => what),
      nameless: await nameless(page),
    }).toEqual({
      missed: [],
      forwards: inOrder,
      backwards: inOrder.toReversed(),
      unmarked: [],
      covered: [],
      deaf: [],
      nameless: [],
    });
    // Everything that was noted by now did nothing; from here on it does.
    expect(await focusLosses(page)).toEqual([]);
    await opened.close();
  });
});

function placesOf(stops: readonly Stop[]): readonly number[] {
  return stops.flatMap(({ place }) => place ?? []);
}

/** The keys that work such a thing. */
function wanted({ what, place }: Stop): readonly string[] {
  if (place === undefined) return [];
  if (/^<(button|vscode-button|summary)\b/.test(what)) return ['Enter', ' '];
  if (/^<a\b/.test(what)) return ['Enter'];
  return /^<(vscode-checkbox\b|input type="checkbox")/.test(what) ? [' '] : [];
}

/** What can have the keyboard and says nothing of itself. */
async function nameless(page: Parameters<typeof walk>[0]): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes.flatMap(({ ignored, role, name, properties = [], backendDOMNodeId }) => {
    const isFocusable = properties.some((property) => property.name === 'focusable' && property.value.value === true);
    const isPlain = ['RootWebArea', 'generic', 'none', 'LayoutTable', 'main'].includes(String(role?.value));
    const isNamed = typeof name?.value === 'string' && name.value.trim() !== '';
    return ignored || !isFocusable || isPlain || isNamed ? [] : [`${role?.value} ${backendDOMNodeId}`];
  });
}
