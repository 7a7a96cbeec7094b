import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/modelfiles/facts.ts';
import { FORMATS } from '../../src/modelfiles/formats.ts';
import { completenessOf, inspectModel } from '../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../src/modelfiles/local-files.ts';
import { allFixtures, type Fixture, sha256Of } from './fixtures.ts';

const PAGE = join(import.meta.dirname, '../../docs/formats.md');
const TABLE = /(<!-- table -->\n)[\s\S]*(<!-- end of table -->)/;

const fixtures = await allFixtures();
/** The facts that were found equal, by fixture: the table is made of them. */
const proven = new Map<string, readonly string[]>();

describe('facts equal what the framework itself reports', () => {
  it.each(fixtures)('$name', async (fixture) => {
    const { facts: expected, path } = fixture;
    const { facts, problems } = await inspectModel(await localFileSet(path));
    if (!facts) throw new Error('No format was recognised.');
    expect([...problems, ...(facts.problems ?? [])]).toEqual([]);
    const { tensors, ...plain } = expected;
    expect(facts).toMatchObject(plain);
    if (tensors) {
      const shapes = tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
      expect(inOrder(facts.tensors?.map(({ name, dtype, shape }) => ({ name, dtype, shape })))).toEqual(
        inOrder(shapes),
      );
      await expectBytes(fixture, facts);
    }
    proven.set(fixture.name, provenFacts(fixture));
  });

  it.each(fixtures)('$name is complete, or nothing says otherwise', async ({ path }) => {
    expect((await completenessOf(await localFileSet(path))).kind).not.toBe('incomplete');
  });

  it('for every format in the table', () => {
    const made = new Set(fixtures.map(({ name }) => name.split('/')[0]));
    expect(FORMATS.filter(({ id }) => !made.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('and the table in docs/formats.md says so (UPDATE_DOCS=1 writes it anew)', async () => {
    const page = await readFile(PAGE, 'utf8');
    const table = tableOf(fixtures);
    const renewed = page.replace(TABLE, (_all, begin: string, end: string) => `${begin}${table}\n${end}`);
    if (process.env.UPDATE_DOCS === '1') await writeFile(PAGE, renewed);
    else expect(page).toBe(renewed);
  });
});

function inOrder<T extends { readonly name: string }>(tensors: readonly T[] | undefined): readonly T[] {
  return [...(tensors ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where a reader says that a tensor's elements are, there they must be. */
async function expectBytes({ facts: expected, path }: Fixture, facts: ModelFacts): Promise<void> {
  const places = new Map(facts.tensors?.map(({ name, place }) => [name, place]));
  const found: Record<string, string> = {};
  const wanted: Record<string, string> = {};
  for (const { name, sha256 } of expected.tensors ?? []) {
    if (sha256 === undefined) continue;
    const place = places.get(name);
    wanted[name] = sha256;
    found[name] = place ? await sha256Of(path, place) : 'no place';
  }
  expect(found).toEqual(wanted);
}

const NAMES: Readonly<Record<string, string>> = {
  formatVersion: 'version of the format',
  framework: 'framework',
  architecture: 'architecture',
  parameterCount: 'parameters',
  inputs: 'inputs',
  outputs: 'outputs',
  baseModels: 'base models',
  license: 'licence',
  metadata: 'metadata',
  danger: 'danger',
};

function provenFacts({ facts }: Fixture): readonly string[] {
  const { tensors = [] } = facts;
  const hashed = tensors.filter(({ sha256 }) => sha256 !== undefined).length;
  const ofTensors =
    tensors.length === 0
      ? []
      : [`${tensors.length} tensor${tensors.length === 1 ? '' : 's'}${hashed > 0 ? ' with their bytes' : ''}`];
  const parameters = facts.parameterCount === undefined ? [] : [`${String(facts.parameterCount)} parameters`];
  const others = Object.keys(facts).flatMap((key) => {
    const name = NAMES[key];
    return name === undefined || key === 'parameterCount' ? [] : [name];
  });
  return [...parameters, ...ofTensors, ...others];
}

function tableOf(all: readonly Fixture[]): string {
  const rows = all.map(({ name, madeBy, facts }) => {
    const label = FORMATS.find(({ id }) => id === facts.format)?.label ?? facts.format;
    const by = Object.entries(madeBy).map(([made, version]) => `${made} ${version}`);
    return `| ${label} | \`${name}\` | ${by.join(', ')} | ${(proven.get(name) ?? ['nothing']).join(', ')} |`;
  });
  return ['| format | model | made by | found equal |', '|---|---|---|---|', ...rows].join('\n');
}
