import { sha256Hex } from '../../src/base/hash.ts';
import { buildCatalog } from '../../src/catalog/bulk/build-catalog.ts';
import { parseSearch } from '../../src/catalog/search/conditions.ts';
import { searchVersions } from '../../src/catalog/search/search-versions.ts';
import type { LoadedCatalog } from '../../src/catalog/snapshot.ts';
import type { Sqlite } from '../../src/catalog/sqlite.ts';
import { encodeCommit, hashOfCommit } from '../../src/log/commit.ts';

export const REGISTRY = '01M84GD1DENREG1STRY0000000';
const FORMAT_HASH = sha256Hex('format');
const AT = '2026-05-03T12:00:00.000Z';
const A_COMMIT = 50;

const idOf = (kind: string, number: number) => `01M84GD1DEN${kind}${String(number).padStart(9, '0')}`;
const MODEL = idOf('M0DE1X', 0);

/** The catalog of a log with one model, `fraud`, and a version for each description, numbered from 1 in their order. */
export function describedCatalog(
  descriptions: readonly string[],
  tags: Readonly<Record<string, string>> = {},
): Promise<LoadedCatalog> {
  const created = { type: 'model.created', model: MODEL, name: 'fraud', tags };
  const events = [created, ...descriptions.map((description, index) => registered(index + 1, description))];
  const commits: Uint8Array[] = [];
  for (let prev = FORMAT_HASH; commits.length * A_COMMIT < events.length; ) {
    const from = commits.length * A_COMMIT;
    const lines = events.slice(from, from + A_COMMIT).map((event, index) => intentOf(event, from + index));
    const commit = encodeCommit({ v: 1, seq: commits.length + 1, prev, at: AT }, lines);
    commits.push(commit);
    prev = hashOfCommit(commit);
  }
  const next = async (seq: number) => commits.slice(seq, seq + A_COMMIT);
  return buildCatalog({ registryId: REGISTRY, formatHash: FORMAT_HASH, next });
}

/** The numbers of the versions that a search finds, in its order. */
export function numbersFound(db: Sqlite, query: string, limit = 10_000): readonly number[] {
  return searchVersions(db, parseSearch(query), undefined, limit).map(({ version }) => version.number);
}

function registered(number: number, description: string): object {
  return {
    type: 'version.registered',
    model: MODEL,
    version: idOf('VERS0N', number),
    artifact: { digest: sha256Hex(`artifact ${number}`), sizeBytes: 3, fileCount: 1 },
    description,
  };
}

function intentOf(event: object, number: number): Uint8Array {
  const by = { name: 'Ann', email: '' };
  const intent = { id: idOf('1NTENT', number), registryId: REGISTRY, by, askedAt: AT, via: 'cli', events: [event] };
  return new TextEncoder().encode(JSON.stringify(intent));
}
