import { beforeEach, describe, expect, it, vi } from 'vitest';

const said: string[] = [];
const shown: (() => void)[] = [];
const dismiss = () => shown.pop()?.();

vi.mock('vscode', () => {
  const Nothing = class {};
  return { EventEmitter: Nothing, TreeItem: Nothing, ThemeIcon: Nothing, ThemeColor: Nothing, MarkdownString: Nothing };
});
vi.mock('../../../src/extension/notify.ts', () => ({
  inform: (text: string) => {
    said.push(text);
    return new Promise<undefined>((resolve) => shown.push(() => resolve(undefined)));
  },
}));
const { tellReviews } = await import('../../../src/extension/reviews/tell-reviews.ts');

const wanted = (number: number) => ({
  registryDir: '/registry',
  failedGates: [],
  entry: {
    version: { id: `V${number}`, model: 'fraud-detector', number, stage: 'staging' },
    stage: 'production',
    by: { name: 'Grace' },
    at: `2026-05-0${number}`,
    comment: '',
    isWanted: true,
    isOwn: false,
    approvals: [],
  },
});
const promoted = (number: number) => ({
  registryDir: '/registry',
  version: {
    ...wanted(number).entry.version,
    stage: 'production',
    stageBy: { name: 'Lin' },
    stageSince: '2026-05-03',
  },
});

function opened() {
  const list = { entries: [] as unknown[], proposals: [], promoted: [] as unknown[] };
  let changed: () => void = () => undefined;
  const values = new Map<string, unknown>();
  tellReviews({
    list: {
      get entries() {
        return list.entries;
      },
      proposals: [],
      takePromoted: () => list.promoted.splice(0),
      onDidChange: (listener: () => void) => {
        changed = listener;
        return { dispose() {} };
      },
    },
    view: {},
    state: {
      get: (key: string) => values.get(key),
      update: async (key: string, value: unknown) => void values.set(key, value),
    },
    log: { warn: (text: string) => expect.fail(text) },
  } as never);
  return { list, change: () => changed() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  said.length = 0;
});

describe('news of reviews', () => {
  it('that come while a message is on the screen are told after it, once each', async () => {
    const { list, change } = opened();
    list.entries = [wanted(1)];
    change();
    await settled();
    expect(said).toEqual(['Grace asks you to review fraud-detector@1 for production']);
    list.entries = [wanted(1), wanted(2)];
    change();
    list.promoted = [promoted(3)];
    change();
    await settled();
    expect(said).toHaveLength(1);
    dismiss();
    await settled();
    expect(said.slice(1)).toEqual([
      'Lin promoted fraud-detector@3 to production, as you asked And 1 more in the Reviews view.',
    ]);
    dismiss();
    change();
    await settled();
    expect(said).toHaveLength(2);
  });

  it('end, however many there are', async () => {
    const { list, change } = opened();
    list.entries = Array.from({ length: 600 }, (_, index) => wanted(index + 1));
    change();
    await settled();
    dismiss();
    await settled();
    expect(said).toHaveLength(1);
  });
});
