import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makePlace } from '../../registry/opened.ts';

const told: string[] = [];
vi.mock('vscode', () => ({}));
vi.mock('../../../src/extension/notify.ts', () => ({ complain: async (text: string) => void told.push(text) }));
const { openLink } = await import('../../../src/extension/links/link-handler.ts');

beforeEach(() => {
  told.length = 0;
});

async function windowWith(count: number) {
  const place = await makePlace();
  const registry = await place.open();
  const ids: string[] = [];
  let modelId = '';
  for (let number = 1; number <= count; number += 1) {
    const file = await place.write('m.bin', `weights ${number}`);
    const { version } = await registry.register({ model: 'fraud', paths: [file] });
    ids.push(version.id);
    modelId = version.modelId;
  }
  const opened: unknown[] = [];
  const options = {
    registries: { existing: async () => [{ dir: place.registryDir, connection: { registry } }] as never },
    pages: {
      openVersion: (page: unknown) => void opened.push(page),
      openComparison: (page: unknown) => void opened.push(page),
      openModel: (page: unknown) => void opened.push(page),
      openReview: (page: unknown) => void opened.push(page),
    },
  };
  return { ids, modelId, opened, options, registryDir: place.registryDir, head: () => registry.head() };
}

describe('following a link', () => {
  it('opens the page of the version or model, the comparison, or the review', async () => {
    const { ids, modelId, opened, options, registryDir } = await windowWith(2);
    await openLink({ path: '/version', query: `id=${ids[0]}&name=fraud@1` }, options);
    await openLink({ path: '/comparison', query: `ids=${ids.join(',')}` }, options);
    await openLink({ path: '/model', query: `id=${modelId}` }, options);
    await openLink({ path: '/review', query: `id=${ids[1]}&stage=production` }, options);
    expect(opened).toEqual([
      { registryDir, versionId: ids[0] },
      { registryDir, versionIds: ids },
      { registryDir, modelId },
      { registryDir, versionId: ids[1], stage: 'production' },
    ]);
    expect(told).toEqual([]);
  });

  it('says where the version is to be found, if it isn’t here', async () => {
    const { opened, options } = await windowWith(1);
    await openLink({ path: '/version', query: 'id=01KAY3QZ5J0000000000000001&name=churn@3' }, options);
    await openLink(
      { path: '/version', query: 'id=01KAY3QZ5J0000000000000001' },
      { ...options, registries: { existing: async () => [] } },
    );
    await openLink({ path: '/model', query: 'id=01KAY3QZ5J0000000000000001' }, options);
    expect(opened).toEqual([]);
    expect(told).toEqual([
      expect.stringMatching(/^churn@3 isn’t in a registry of this window\. Open the folder/),
      expect.stringMatching(/^The version of this link isn’t in a registry of this window\./),
      expect.stringMatching(/^The model of this link isn’t in a registry of this window\./),
    ]);
  });

  it('does nothing for anything else', async () => {
    const { ids, opened, options, head } = await windowWith(1);
    const before = await head();
    for (const [path, query] of [
      ['/promote', `id=${ids[0]}&stage=production`],
      ['/version', `id=${ids[0]}&then=delete`],
      ['/version', 'id=<script>'],
      ['', ''],
    ] as const)
      await openLink({ path, query }, options);
    expect(opened).toEqual([]);
    expect(told).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/isn’t whole/)));
    expect(await head()).toEqual(before);
  });
});
