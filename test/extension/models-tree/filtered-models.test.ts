import { expect, it } from 'vitest';
import type { VersionSummary } from '../../../src/catalog/read-models/versions.ts';
import { type FilterCalls, filteredModels } from '../../../src/extension/models-tree/filtered-models.ts';

const FOUND = 2500;

/** A registry with many versions that a search finds, in pages of at most a thousand. */
const registry: FilterCalls = {
  listModels: async () => ({ items: [] }),
  async search({ limit = 50, cursor = '0' }) {
    const start = Number(cursor);
    const end = Math.min(start + Math.min(limit, 1000), FOUND);
    const items = Array.from({ length: end - start }, (_, index) => versionNamed(start + index));
    return { items, ...(end < FOUND ? { next: String(end) } : {}) };
  },
};

function versionNamed(number: number): VersionSummary {
  return {
    ...{ model: 'churn', modelId: 'M', id: `V${number}`, number, stage: 'candidate', via: 'cli', pending: false },
    ...{ createdAt: '', stageSince: '', description: '', tags: {}, aliases: [], metrics: {}, params: {} },
    ...{ createdBy: { name: '', email: '' }, stageBy: { name: '', email: '' } },
    artifact: { digest: '', sizeBytes: 0, fileCount: 1 },
  };
}

it('goes on behind a thousand versions, and says whether there are more', async () => {
  const shown = async (foundCount: number) => {
    const rows = await filteredModels(registry, { registryDir: '/r', filter: 'auc>0', count: 50, foundCount });
    return [rows.filter(({ kind }) => kind === 'version').length, rows.at(-1)?.kind];
  };
  expect(await shown(25)).toEqual([25, 'more']);
  expect(await shown(1025)).toEqual([1025, 'more']);
  expect(await shown(2525)).toEqual([FOUND, 'version']);
});
