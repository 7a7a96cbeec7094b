import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSnapshot, saveSnapshot } from '../../src/catalog/snapshot.ts';
import { seededRandom } from '../simulation/random.ts';
import { describedCatalog, numbersFound, REGISTRY } from './described.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function described(descriptions: readonly string[]) {
  const loaded = await describedCatalog(descriptions);
  ends.push(() => loaded.db.close());
  return loaded;
}

/** 2,500 versions, more than half of which have the word `weekly`, and what the first have besides. */
function mostlyWeekly(...first: readonly string[]): readonly string[] {
  return Array.from(
    { length: 2500 },
    (_, index) => first[index] ?? (index % 3 === 0 ? 'a run' : `weekly run ${index}`),
  );
}

describe('a word that many versions have', () => {
  it('is found at the beginning of longer ones, too', async () => {
    const { db } = await described(mostlyWeekly('weeklyplus', 'biweekly', 'WeeklyPlus', 'weekl', 'weekly'));
    const found = numbersFound(db, 'weekly');
    expect(found.slice(-4)).toEqual([6, 5, 3, 1]);
    expect(found).toEqual([...found].sort((a, b) => b - a));
    expect(numbersFound(db, 'weekl')).toEqual([...found.filter((number) => number > 4), 4, 3, 1]);
    expect(numbersFound(db, 'weekly', 2)).toEqual(found.slice(0, 2));
  });

  it('is found at the beginning of very many longer ones', async () => {
    const longer = Array.from({ length: 300 }, (_, index) => `weekly${index}`);
    const { db } = await described(mostlyWeekly(...longer));
    expect(numbersFound(db, 'weekly').slice(-300)).toEqual(longer.map((_, index) => 300 - index));
    expect(numbersFound(db, 'weekly run').slice(-1)[0]).toBeGreaterThan(300);
  });

  it('may stand beside others', async () => {
    const { db } = await described(mostlyWeekly('weeklyplus runner', 'weeklyplus', 'runner'));
    expect(numbersFound(db, 'weekly run').slice(-1)).toEqual([1]);
    expect(numbersFound(db, 'weekly runn')).toEqual([1]);
  });
});

it('finds what a look at every word finds, however common they are', async () => {
  // The first letter stands nowhere else, so that no word is found within another.
  const start = fc.constantFrom('w', 'x');
  const rest = fc.string({ unit: fc.constantFrom('a', 'e', '1'), maxLength: 5 });
  const word = fc.tuple(start, rest).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(word, { minLength: 2, maxLength: 90 }), fc.nat(), async (words, seed) => {
      const random = seededRandom(seed);
      const common = words.slice(0, 2);
      const descriptions = Array.from({ length: 2200 }, () => {
        const some = [random.pick(words), random.pick(words)];
        return (random.below(2) === 0 ? [random.pick(common), ...some] : some.slice(random.below(2))).join(' ');
      });
      const { db } = await describedCatalog(descriptions);
      const asked = new Set(words.slice(0, 8).flatMap((one) => [one, one.slice(0, -1) || one]));
      const queries = [...asked, ...common.map((one) => `${one} ${random.pick(words)}`)];
      for (const query of queries) {
        const begins = (part: string, text: string) => text.split(' ').some((one) => one.startsWith(part));
        const expected = descriptions
          .flatMap((text, index) => (query.split(' ').every((part) => begins(part, text)) ? [index + 1] : []))
          .reverse();
        expect(numbersFound(db, query), query).toEqual(expected);
        expect(numbersFound(db, query.toUpperCase(), 7), query).toEqual(expected.slice(0, 7));
      }
      db.close();
    }),
    { numRuns: 4 },
  );
});

it('leaves the saved catalog as it is', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-test-'));
  ends.push(() => rm(dir, { recursive: true, force: true }));
  await saveSnapshot(dir, await described(mostlyWeekly('weeklyplus')));
  const loaded = await loadSnapshot(dir, REGISTRY);
  if (!loaded) throw new Error('There is no saved catalog.');
  ends.push(() => loaded.db.close());
  const tables = () => loaded.db.all('SELECT name FROM main.sqlite_schema');
  const before = { tables: tables(), sizeBytes: loaded.db.sizeBytes };
  expect(numbersFound(loaded.db, 'weekly').at(-1)).toBe(1);
  loaded.db.beginTrial();
  expect(numbersFound(loaded.db, 'weekly').at(-1)).toBe(1);
  loaded.db.endTrial();
  expect(numbersFound(loaded.db, 'weekly').at(-1)).toBe(1);
  expect(loaded.db.file?.isChanged).toBe(false);
  expect({ tables: tables(), sizeBytes: loaded.db.sizeBytes }).toEqual(before);
});

it.each(['müller', 'MÜLLER', 'Müller', 'mÜl'])('finds %s whatever is a capital, beyond ASCII too', async (query) => {
  const { db } = await described(['von MÜLLER', 'muller', 'Müller [ä*]?', 'mÜller', 'x']);
  expect(numbersFound(db, query)).toEqual([4, 3, 1]);
  expect(numbersFound(db, '"[Ä*]?"')).toEqual([3]);
  expect(numbersFound(db, 'ä?')).toEqual([]);
});

it('finds a tag of a model whatever is a capital in it', async () => {
  const { db } = await describedCatalog(['one', 'two'], { place: 'Zürich' });
  ends.push(() => db.close());
  expect(numbersFound(db, 'ZÜR')).toEqual([2, 1]);
  expect(numbersFound(db, 'ZUR')).toEqual([]);
});
