import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DatabaseFile } from '../../src/catalog/database-file.ts';
import { plottedValues, plottedVersions } from '../../src/catalog/plot-queries.ts';
import { catchUpSearch } from '../../src/catalog/search/search-index.ts';
import { snapshotFile } from '../../src/catalog/snapshot.ts';
import { openSqlite } from '../../src/catalog/sqlite.ts';
import { makePlace } from '../registry/opened.ts';

describe('what a plot needs of a model’s versions', () => {
  it('is the same, read from the versions or from the tables of searches', async () => {
    const place = await makePlace();
    const registry = await place.open();
    for (let number = 1; number <= 12; number += 1) {
      const file = await place.write('model.bin', `weights ${number}`);
      const metrics = { auc: number / 20, ...(number % 3 === 0 ? { loss: 'NaN' as const } : { loss: number }) };
      const params = number % 2 === 0 ? { lr: String(number) } : { optimizer: 'adam' };
      await registry.register({ model: number % 4 === 0 ? 'churn' : 'fraud', paths: [file], metrics, params });
    }
    await registry.completeMetrics({ ref: 'fraud@1', metrics: { f1: 0.5 } });
    await registry.deleteVersion({ ref: 'fraud@2', reason: 'Wrong' });
    const { id } = await registry.showModel({ model: 'fraud' });
    await registry.rebuild();
    const { seq } = await registry.head();
    await registry.close();
    const db = await openSqlite(DatabaseFile.holding(await readFile(snapshotFile(place.registryDir))));
    const keys = plottedVersions(db, id).map(({ key }) => key);
    expect(keys).toHaveLength(8);
    const few = plottedValues(db, id, 0, () => undefined);
    const many = plottedValues(db, id, 1_000_000, () => catchUpSearch(db, seq));
    for (const name of ['auc', 'loss', 'f1', 'nothing']) {
      const [one, other] = [few.metric(name), many.metric(name)];
      expect(keys.map((key) => other.get(key))).toEqual(keys.map((key) => one.get(key)));
    }
    for (const name of ['lr', 'optimizer', 'nothing']) {
      const [one, other] = [few.param(name), many.param(name)];
      expect(keys.map((key) => other.get(key))).toEqual(keys.map((key) => one.get(key)));
    }
    expect(few.metric('f1').size).toBe(1);
    db.close();
  });
});
