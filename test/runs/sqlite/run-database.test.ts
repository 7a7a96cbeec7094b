import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSqlEngine } from '../../../src/base/sql-engine.ts';
import { RunFileInvalid, RunFiles } from '../../../src/runs/run-files.ts';
import { openRunDatabase } from '../../../src/runs/sqlite/run-database.ts';
import { temporaryFolder } from '../../lineage/folder.ts';
import { runsIn } from '../fixtures.ts';

async function databaseOf(sql: string, change: (bytes: Uint8Array) => void = () => undefined): Promise<string> {
  const root = await temporaryFolder();
  const sqlJs = await loadSqlEngine();
  const db = new sqlJs.Database();
  db.exec(sql);
  const bytes = db.export();
  db.close();
  change(bytes);
  await writeFile(join(root, 'mlflow.db'), bytes);
  return root;
}

it('answers from ordinary tables alone: a view or computed column of a hostile file could compute for ever', async () => {
  const root = await databaseOf(`
    CREATE TABLE fine (a);
    CREATE TABLE computed (a, b AS (hex(zeroblob(100000000))));
    CREATE VIEW runs AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS run_uuid FROM c;
    CREATE VIRTUAL TABLE words USING fts3(a);`);
  const db = await openRunDatabase('mlflow.db', await RunFiles.of(root));
  expect(['fine', 'computed', 'runs', 'words', 'none'].map((name) => db.has(name))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  db.close();
  expect(await runsIn(root, 'mlflow')).toEqual([]);
});

it('refuses a file whose pages lead back to themselves', async () => {
  const rows = `CREATE TABLE runs (run_uuid, text);
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
    INSERT INTO runs SELECT x, hex(randomblob(100)) FROM n;`;
  const root = await databaseOf(rows, (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let page = 4096; page + 4096 <= bytes.length; page += 4096) {
      // Every child of every interior page of a table becomes the first child.
      if (view.getUint8(page) !== 5) continue;
      const first = view.getUint32(page + view.getUint16(page + 12));
      for (let cell = 0; cell < view.getUint16(page + 3); cell += 1)
        view.setUint32(page + view.getUint16(page + 12 + 2 * cell), first);
    }
  });
  await expect(openRunDatabase('mlflow.db', await RunFiles.of(root))).rejects.toThrow(RunFileInvalid);
});
