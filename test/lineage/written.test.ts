import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../src/lineage/git.ts';
import { type LinksBound, linksIn } from '../../src/lineage/links.ts';
import { surroundingsAtStart, surroundingsOf } from '../../src/lineage/surroundings.ts';
import { codeByModel } from '../../src/lineage/written.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import { git, temporaryFolder, write } from './folder.ts';

const PROJECT = `models:
  fraud:
    outputs: [models/fraud/**]
    metrics: [reports/metrics.json, score.py, reports/my-model-registry.yaml]
    params: [params.yaml, models/fraud/chosen.yaml]
    data: [models/fraud/vocabulary.txt, data/train.csv, tables/**/*.csv, s3://bucket/data.csv?versionId=1]
  spam:
    outputs: [models/spam/**]
`;

/** A repository whose training writes files that git tracks, in a folder of it. */
async function trained(place = '.') {
  const top = await temporaryFolder();
  const folder = join(top, place);
  for (const [path, text] of [
    ['model-registry.yaml', PROJECT],
    ['train.py', 'print(1)\n'],
    ['params.yaml', 'depth: 3\n'],
    ['reports/metrics.json', '{}'],
    ['models/fraud/params.json', '{}'],
    ['models/fraud/vocabulary.txt', 'a'],
    ['models/fraud/impl.py', 'print(2)\n'],
    ['models/fraud/chosen.yaml', 'depth: 3\n'],
    ['score.py', 'print(3)\n'],
  ] as const)
    await write(folder, path, text);
  git(top, 'init', '--quiet', '--initial-branch=main');
  git(top, 'add', '--all');
  git(top, 'commit', '--quiet', '--message', 'First');
  await write(folder, 'reports/metrics.json', '{"auc": 0.9}');
  await write(folder, 'models/fraud/params.json', '{"depth": 3}');
  await write(folder, 'models/fraud/new/weights.bin', 'w');
  return { top, folder };
}

const codeIn = (folder: string, model?: string) => surroundingsOf(folder, {}).code(model);
const OWN = ['models/fraud/new/weights.bin', 'models/fraud/params.json', 'reports/metrics.json'];
const sorted = (paths: readonly string[] = []) => [...paths].sort();

describe('what training writes itself', () => {
  it('is told apart from other changes, by the outputs and metrics of the model', async () => {
    const { folder } = await trained();
    const code = await codeIn(folder, 'fraud');
    expect(code).toMatchObject({ isDirty: true, written: { count: 3, otherCount: 0 } });
    expect(sorted(code?.written?.paths)).toEqual(OWN);
  });

  it('is of one model alone: for another it is a change, and so is everything for none', async () => {
    const { folder } = await trained();
    expect(await codeIn(folder, 'spam')).not.toHaveProperty('written');
    expect(await codeIn(folder, 'unheard-of')).not.toHaveProperty('written');
    expect(await codeIn(folder)).not.toHaveProperty('written');
  });

  it.each([
    ['code', 'train.py'],
    ['params that training reads', 'params.yaml'],
    ['params among the outputs', 'models/fraud/chosen.yaml'],
    ['data among the outputs', 'models/fraud/vocabulary.txt'],
    ['code among the outputs', 'models/fraud/impl.py'],
    ['code among the outputs that git doesn’t track', 'models/fraud/new/helper.py'],
    ['a notebook among the outputs', 'models/fraud/new/train.ipynb'],
    ['configuration of code among the outputs', 'models/fraud/new/pyproject.toml'],
    ['what no metrics are read from', 'score.py'],
    ['a file that git doesn’t track', 'notes/idea.py'],
    ['the project file, which says what is written', 'model-registry.yaml'],
  ])('leaves %s a change', async (_, path) => {
    const { folder } = await trained();
    await write(folder, path, path === 'model-registry.yaml' ? `${PROJECT}    tags: {team: risk}\n` : 'changed');
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 3, otherCount: 1 } });
  });

  it.each([
    ['a declared file that is a link', 'data/train.csv', '../models/fraud/d/train.csv'],
    ['a declared file in a folder that is a link', 'data', 'models/fraud/d'],
    ['a link below a declared folder', 'tables/new.csv', '../models/fraud/d/train.csv'],
    ['a link to a folder, below a declared one', 'tables/new', '../models/fraud/d'],
  ])('leaves data a change that lie among the outputs, reached by %s', async (_, link, target) => {
    const { folder } = await trained();
    await write(folder, 'tables/old.csv', 'a');
    await write(folder, 'models/fraud/d/train.csv', 'a');
    await write(folder, '.gitignore', 'data\ntables\n');
    await mkdir(dirname(join(folder, link)), { recursive: true });
    await symlink(target, join(folder, link));
    // The list of what git ignores is another change.
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 3, otherCount: 2 } });
    git(folder, 'add', 'models/fraud/d/train.csv');
    git(folder, 'commit', '--quiet', '--message', 'Data');
    await rm(join(folder, 'models/fraud/d/train.csv'));
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 3, otherCount: 2 } });
  });

  it('has a metrics file that is called much as the project file', async () => {
    const { folder } = await trained();
    await write(folder, 'reports/my-model-registry.yaml', 'auc: 0.9\n');
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 4, otherCount: 0 } });
  });

  it('is nothing where there is more below the data than is looked at, for this model alone', async () => {
    const { top, folder } = await trained();
    await write(folder, 'models/spam/model.bin', 'w');
    for (const number of [1, 2, 3]) await write(folder, `tables/${number}/a.csv`, 'a');
    const tree = await readTree(folder, 'start');
    const { models } = parseProject(PROJECT, 'model-registry.yaml');
    const countsWith = async (bound: LinksBound) => {
      const codeOf = tree && (await codeByModel(tree, models, '', linksIn(top, bound)));
      return ['fraud', 'spam'].map((name) => codeOf?.(name)?.written?.count);
    };
    const enough = { maxPlaces: 20, maxEntries: 20 };
    expect(await countsWith(enough)).toEqual([3, 1]);
    expect(await countsWith({ ...enough, maxPlaces: 4 })).toEqual([undefined, 1]);
    expect(await countsWith({ ...enough, maxEntries: 5 })).toEqual([undefined, 1]);
  });

  it('counts a link among the outputs by where it leads', async () => {
    const { folder } = await trained();
    await symlink('../../params.yaml', join(folder, 'models/fraud/link.bin'));
    await symlink('params.json', join(folder, 'models/fraud/latest.bin'));
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 4, otherCount: 1 } });
  });

  it('counts a file that was moved out of the outputs as one there and one elsewhere', async () => {
    const { folder } = await trained();
    git(folder, 'mv', 'models/fraud/params.json', 'elsewhere.json');
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 3, otherCount: 1 } });
  });

  it('goes by the folder of the project file, also for whoever stands below it', async () => {
    const { top, folder } = await trained('risk team/fraud');
    const written = { count: 3, otherCount: 0 };
    expect(await codeIn(folder, 'fraud')).toMatchObject({ folder: 'risk team/fraud', written });
    expect(await codeIn(join(folder, 'reports'), 'fraud')).toMatchObject({ written });
    await write(top, 'models/fraud/weights.bin', 'of another project');
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 3, otherCount: 1 } });
  });

  it('stays what it was when the run began', async () => {
    const { folder } = await trained();
    const surroundings = await surroundingsAtStart(folder, {
      ...{ command: ['true'], cwd: folder, python: { env: {} } },
      commit: git(folder, 'rev-parse', 'HEAD'),
    });
    await write(folder, 'train.py', 'changed while it ran');
    expect(await surroundings.code('fraud')).toMatchObject({ written: { count: 3, otherCount: 0 } });
    expect(await surroundings.code('spam')).not.toHaveProperty('written');
  });

  it('is found when a commit was made in the moment in which the run began', async () => {
    const { folder } = await trained();
    const commit = git(folder, 'rev-parse', 'HEAD');
    await write(folder, 'train.py', 'committed too late');
    git(folder, 'commit', '--quiet', '--all', '--message', 'Second');
    const python = { env: {} };
    const surroundings = await surroundingsAtStart(folder, { command: ['true'], cwd: folder, python, commit });
    expect(await surroundings.code('fraud')).toMatchObject({ commit, written: { count: 3, otherCount: 1 } });
  });
});

it('places that several models read are read once', async () => {
  const folder = await temporaryFolder();
  await write(folder, 'elsewhere/train.csv', 'a');
  await mkdir(join(folder, 'data'));
  await symlink('../elsewhere', join(folder, 'data/first'));
  const linksOf = linksIn(folder);
  const real = join(folder, 'elsewhere/train.csv');
  expect((await linksOf(['data/**']))?.(real)).toEqual(['data/first/train.csv']);
  await symlink('../elsewhere', join(folder, 'data/second'));
  expect((await linksOf(['data']))?.(real)).toEqual(['data/first/train.csv']);
});
