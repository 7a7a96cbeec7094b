import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../src/catalog/database-file.ts';
import { openDatabaseFile, writeDatabaseFile } from '../../src/catalog/saved-file.ts';
import { openSqlite, type Sqlite } from '../../src/catalog/sqlite.ts';

let folder: string | undefined;

afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function savedPath(): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'model-registry-saved-'));
  return join(folder, 'words.sqlite');
}

/** Several chunks long. */
async function filledDatabase(rows = 2000): Promise<Sqlite> {
  const db = await openSqlite();
  db.script('CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL)');
  db.atomically(() => {
    for (let id = 1; id <= rows; id += 1) add(db, id);
    return true;
  });
  return db;
}

function add(db: Sqlite, id: number): void {
  db.run('INSERT INTO words VALUES (?, ?)', [id, `word ${id} `.repeat(20)]);
}

function wordsIn(db: Sqlite): unknown {
  return db.get('SELECT count(*) AS count, sum(id) AS ids, sum(length(word)) AS letters FROM words');
}

async function reopened(path: string): Promise<Sqlite> {
  const file = openDatabaseFile(path);
  if (!file) throw new Error(`${path} can't be opened`);
  return openSqlite(file);
}

describe('a saved database', () => {
  it('has what was there when the save began, and the next save has what came meanwhile', async () => {
    const path = await savedPath();
    const db = await filledDatabase();
    for (let round = 0; round < 5; round += 1) {
      const expected = wordsIn(db);
      const saving = writeDatabaseFile(path, db);
      db.atomically(() => {
        for (let id = 1; id <= 100; id += 1) add(db, 10_000 * (round + 1) + id);
        db.run('UPDATE words SET word = word || ? WHERE id % 7 = 0', ['x']);
        return true;
      });
      const now = wordsIn(db);
      await saving;
      const saved = await reopened(path);
      expect(wordsIn(saved)).toEqual(expected);
      expect(saved.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
      expect(wordsIn(db)).toEqual(now);
      saved.close();
    }
    db.close();
  });

  it('is changed and saved by who opened it, while another replaces it', async () => {
    const path = await savedPath();
    const first = await filledDatabase();
    await writeDatabaseFile(path, first);
    const second = await reopened(path);
    add(first, 5000);
    await writeDatabaseFile(path, first);
    add(second, 6000);
    const expected = wordsIn(second);
    await writeDatabaseFile(path, second);
    for (const db of [second, await reopened(path)]) {
      expect(wordsIn(db)).toEqual(expected);
      expect(db.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
      db.close();
    }
    first.close();
  });

  it('keeps nothing of a trial, whatever is saved in between', async () => {
    const path = await savedPath();
    const db = await filledDatabase();
    const expected = wordsIn(db);
    db.beginTrial();
    db.atomically(() => {
      for (let id = 5001; id <= 9000; id += 1) add(db, id);
      return true;
    });
    db.endTrial();
    await writeDatabaseFile(path, db);
    expect(wordsIn(await reopened(path))).toEqual(expected);
    expect(wordsIn(db)).toEqual(expected);
  });

  it('tells any byte that was changed, at the latest when it is needed', async () => {
    const path = await savedPath();
    const db = await filledDatabase();
    await writeDatabaseFile(path, db);
    const sound = await readFile(path);
    const expected = wordsIn(db);
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(sound);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        await writeFile(path, bytes);
        const file = openDatabaseFile(path);
        if (!file) return;
        const read = async () => wordsIn(await openSqlite(file));
        const answer = await read().catch((error: unknown) => error);
        if (file.damage) expect(answer).toMatchObject({ code: 'CATALOG_DAMAGED' });
        // A page that the question doesn't need.
        else expect(answer).toEqual(expected);
        file.release();
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['shorter', (path: string, size: number) => truncate(path, size - 1)],
    ['empty', (path: string) => truncate(path, 0)],
    ['without its checksums', (path: string, size: number) => truncate(path, size - (size % CHUNK_BYTES))],
  ])('is none where it is %s', async (_what, harm) => {
    const path = await savedPath();
    await writeDatabaseFile(path, await filledDatabase());
    await harm(path, (await stat(path)).size);
    expect(openDatabaseFile(path)).toBeUndefined();
  });
});
