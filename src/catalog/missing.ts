import { changedSubmodules } from '../base/changed-submodules.ts';
import type { CodeLineage, DataLineage, Lineage, MissingFact } from './read-models/lineage.ts';

/**
 * What a version lacks of its lineage: what was noted when it was registered, and what shows by itself, as of versions that were
 * registered by programs that noted nothing.
 */
export function missingOf(lineage: Omit<Lineage, 'missing'>, noted: readonly MissingFact[]): readonly MissingFact[] {
  const known = new Set(noted.map(({ what }) => what));
  return [...noted, ...plainlyMissing(lineage).filter(({ what }) => !known.has(what))];
}

function plainlyMissing(lineage: Omit<Lineage, 'missing'>): readonly MissingFact[] {
  const { code, run, data, environment, locks, machine } = lineage;
  return [
    ...(code ? missingOfCode(code) : [{ what: 'code', why: 'no commit was recorded' }]),
    ...(run ? [] : [{ what: 'run', why: 'no tracker told of it, and it was not started by model-registry run' }]),
    ...(data.length === 0 ? [{ what: 'data', why: 'none was declared' }] : data.flatMap(missingOfData)),
    ...(environment ? [] : [{ what: 'dependencies', why: 'no Python environment was recorded' }]),
    ...(environment && environment.python === undefined
      ? [{ what: 'environment.python', why: 'its version was not recorded' }]
      : []),
    ...(locks.length === 0 ? [{ what: 'locks', why: 'no lock file was recorded' }] : []),
    ...(machine ? [] : [{ what: 'machine', why: 'it was not recorded' }]),
  ];
}

function missingOfCode(code: CodeLineage): readonly MissingFact[] {
  const submodules = changedSubmodules(code).map((path) => ({
    what: `code.submodules[${path}]`,
    why: 'the changes that were not committed in it were not recorded',
  }));
  return [...missingOfTree(code), ...submodules];
}

function missingOfTree({ isDirty, changes }: CodeLineage): readonly MissingFact[] {
  if (!isDirty) return [];
  if (!changes) return [{ what: 'code.changes', why: 'the changes that were not committed were not recorded' }];
  const { leftOut, leftOutCount, untrackedCount } = changes;
  const named = leftOut.slice(0, 5).map(({ path, why }) => `${path} (${LEFT_OUT[why]})`);
  const others = leftOutCount > named.length ? [`${leftOutCount - named.length} more`] : [];
  return [
    ...(leftOutCount > 0
      ? [{ what: 'code.changes.leftOut', why: `left out of the patch: ${[...named, ...others].join(', ')}` }]
      : []),
    ...(untrackedCount > 0
      ? [
          {
            what: 'code.changes.untracked',
            why: `git doesn't track ${untrackedCount === 1 ? '1 file, which is' : `${untrackedCount} files, which are`} not kept: not named under code, untracked in model-registry.yaml, or too large or too many`,
          },
        ]
      : []),
  ];
}

const LEFT_OUT = { secret: 'it seemed to hold a secret', size: 'it was too large' } as const;

function missingOfData({ path, sha256, hash, kind, revision }: DataLineage): readonly MissingFact[] {
  if (sha256 !== undefined || hash !== undefined) return [];
  if (kind === undefined) return [{ what: `data[${path}]`, why: 'it was recorded without a digest' }];
  const isCommit = /^[0-9a-f]{40}$/.test(revision ?? '');
  if (kind === 'huggingface' && revision !== undefined && !isCommit)
    return [{ what: `data[${path}].revision`, why: `${revision} can move, and its commit was not known here` }];
  if (revision !== undefined) return [];
  return [{ what: `data[${path}].revision`, why: 'the address names no version, so what it leads to can change' }];
}
