import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/base/hash.ts';
import { CatalogState } from '../../src/catalog/catalog-state.ts';
import { CATALOG_SQL } from '../../src/catalog/schema.ts';
import { openSqlite } from '../../src/catalog/sqlite.ts';
import { parseFormatFile } from '../../src/log/format-file.ts';
import { applyCommit, type LogPosition } from '../../src/rules/apply-commit.ts';
import { goldenFactsLog } from './golden-facts-story.ts';
import { goldenLineageLog } from './golden-lineage-story.ts';
import { goldenReviewsLog } from './golden-reviews-story.ts';
import { goldenSignaturesLog } from './golden-signatures-story.ts';
import { goldenLog } from './golden-story.ts';

const LOGS = [
  { name: 'golden', write: goldenLog },
  { name: 'golden/facts', write: goldenFactsLog },
  { name: 'golden/lineage', write: goldenLineageLog },
  { name: 'golden/reviews', write: goldenReviewsLog },
  { name: 'golden/signatures', write: goldenSignaturesLog },
];

const TABLES = [
  'models',
  'model_ids',
  'former_names',
  'versions',
  'version_ids',
  'metrics',
  'params',
  'tags',
  'aliases',
  'remarks',
  'transitions',
  'tenures',
  'holder_stacks',
  'held',
  'evaluations',
  'gate_results',
  'newest_gates',
  'approvals',
  'requests',
  'artifacts',
  'environments',
  'packages',
  'unknown_events',
  'meta',
  'commits',
];

/** What the bytes mean: the verdict on each intent, and the tables afterwards. */
async function meaningOf(format: Uint8Array, commits: readonly Uint8Array[]): Promise<unknown> {
  const db = await openSqlite();
  db.script(CATALOG_SQL);
  const state = new CatalogState(db);
  const { registryId } = parseFormatFile(format, 'golden');
  let position: LogPosition = { seq: 0, hash: sha256Hex(format), at: '' };
  const verdicts = commits.map((bytes) => {
    const outcome = applyCommit(state, bytes, position, registryId);
    position = outcome.position;
    return {
      seq: position.seq,
      hash: position.hash,
      at: position.at,
      problem: outcome.problem?.message ?? null,
      intents: outcome.intents.map(({ outcome: verdict }) =>
        verdict.kind === 'applied' ? 'applied' : JSON.stringify(verdict),
      ),
    };
  });
  const tables = Object.fromEntries(TABLES.map((table) => [table, db.all(`SELECT * FROM ${table}`)]));
  db.close();
  return JSON.parse(JSON.stringify({ verdicts, tables }));
}

async function goldenFiles(
  folder: string,
): Promise<{ readonly format: Uint8Array; readonly commits: readonly Uint8Array[] }> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  return {
    format: await readFile(join(folder, 'format.json')),
    commits: await Promise.all(names.map((name) => readFile(join(folder, name)))),
  };
}

describe.each(LOGS)('the log in $name', ({ name, write }) => {
  const folder = join(import.meta.dirname, name);

  it('means the same for ever: these bytes were written by format 1 (UPDATE_GOLDEN=1 writes them anew, before a release only)', async () => {
    if (process.env.UPDATE_GOLDEN === '1') {
      const { format, commits } = write();
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'format.json'), format);
      for (const [index, bytes] of commits.entries())
        await writeFile(join(folder, `${String(index + 1).padStart(20, '0')}.jsonl`), bytes);
      await writeFile(join(folder, 'expected.json'), `${JSON.stringify(await meaningOf(format, commits), null, 1)}\n`);
    }
    const { format, commits } = await goldenFiles(folder);
    expect(await meaningOf(format, commits)).toEqual(JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')));
  });

  it('is written in the same bytes', async () => {
    const { format, commits } = await goldenFiles(folder);
    const written = write();
    expect(Buffer.from(written.format).equals(format)).toBe(true);
    expect(written.commits.map((bytes) => Buffer.from(bytes).toString())).toEqual(
      commits.map((bytes) => Buffer.from(bytes).toString()),
    );
  });
});
