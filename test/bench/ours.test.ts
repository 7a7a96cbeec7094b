import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeRegistry } from '../../bench/make-registry.ts';
import { benchmarkOurs } from '../../bench/ours.ts';
import { tableMarkdown } from '../../bench/report.ts';
import { targetTable } from '../../bench/targets.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';

const folders: string[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-test-'));
  folders.push(folder);
  return folder;
}

describe('the registries of the benchmarks', () => {
  it.each([
    { versions: 10, intentsPerCommit: 1 },
    { versions: 120, intentsPerCommit: 50 },
  ])('are sound, and nothing in them is void: $versions versions, $intentsPerCommit intents a commit', async (size) => {
    const folder = await temporaryFolder();
    const dir = join(folder, 'registry');
    const made = makeRegistry({ dir, ...size });
    expect((await initRegistry({ dir })).isNew).toBe(false);
    const author = { name: 'Ann', email: 'ann@example.org' };
    const registry = await openRegistry({ dir, author, via: 'cli', stateDir: join(folder, 'state') });
    try {
      const report = await registry.verify({ artifacts: true });
      expect(report).toMatchObject({ commits: made.commits, problems: [], voids: [] });
      const models = await registry.listModels();
      expect(models.items.map(({ name }) => name).sort()).toEqual([...made.models].sort());
      expect(models.items.reduce((sum, { versions }) => sum + versions, 0)).toBe(size.versions);
      expect(await registry.production()).toHaveLength(made.models.length);
    } finally {
      await registry.close();
    }
  });
});

describe('the benchmark of ours', () => {
  it('measures everything that has a target, and leaves no folder behind', async () => {
    const temporary = await temporaryFolder();
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary);
    const { tables, facts } = await benchmarkOurs({ sizes: [10], runs: 2, onProgress: () => {} });
    expect(await readdir(temporary)).toEqual([]);
    expect(Object.entries(facts).filter(([, value]) => !(value > 0))).toEqual([]);
    const names = ['open', 'promote', 'rollback', 'list page', 'show', 'full-text search', 'metric search'];
    expect(Object.keys(facts)).toEqual(expect.arrayContaining(names.map((name) => `${name}@10`)));
    expect(tables.map(tableMarkdown).join('\n')).not.toMatch(/NaN|undefined/);
    const asLarge = Object.fromEntries(
      Object.entries(facts).flatMap(([name, value]) =>
        [100, 1000, 100_000].map((size) => [name.replace('@10', `@${size}`), value]),
      ),
    );
    expect(targetTable(asLarge).rows.length).toBeGreaterThan(15);
  });
});
