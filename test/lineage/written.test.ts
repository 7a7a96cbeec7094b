import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { surroundingsAtStart, surroundingsOf } from '../../src/lineage/surroundings.ts';
import { temporaryFolder, write } from './folder.ts';

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
}

const PROJECT = `models:
  fraud:
    outputs: [models/fraud/**]
    metrics: [reports/metrics.json]
    params: [params.yaml, models/fraud/params.json]
    data: [models/fraud/vocabulary.txt]
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
    ['data among the outputs', 'models/fraud/vocabulary.txt'],
    ['a file that git doesn’t track', 'notes/idea.py'],
    ['the project file, which says what is written', 'model-registry.yaml'],
  ])('leaves %s a change', async (_, path) => {
    const { folder } = await trained();
    await write(folder, path, path === 'model-registry.yaml' ? `${PROJECT}    tags: {team: risk}\n` : 'changed');
    expect(await codeIn(folder, 'fraud')).toMatchObject({ written: { count: 3, otherCount: 1 } });
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
