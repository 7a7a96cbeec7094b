import { changedSubmodules } from '../base/changed-submodules.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import { failed, type GateSubject, passed, type Verdict } from './verdict.ts';

type LineagePart = NonNullable<DeclaredGate['lineage']>[number];

/** What must be known of where a version came from. What isn't known counts as missing. */
export function checkLineage(gate: DeclaredGate, subject: GateSubject): Verdict {
  const problems = (gate.lineage ?? []).flatMap((part) => LINEAGE[part](subject));
  const { code } = subject;
  const measured = measuredOf(gate.lineage ?? [], subject);
  if (problems.length > 0) return failed(measured, problems.join('; '));
  const leavesOut = gate.lineage?.includes('clean') && code !== undefined && isChangedByTraining(code);
  return leavesOut ? passed(measured, leftOutText(code.written)) : passed(measured);
}

/** What a gate asks for, in words. */
export function lineageRequired({ lineage = [] }: DeclaredGate): string {
  const words: Readonly<Record<LineagePart, string>> = {
    clean: 'no uncommitted changes',
    pushed: 'pushed commit',
    data: 'data with digests',
    lock: 'lock file',
  };
  return lineage.map((part) => words[part]).join(', ');
}

/** What was recorded of what the gate asks for, and nothing else: the state of the code says nothing of a lock file. */
function measuredOf(asked: readonly LineagePart[], { code, data, locks }: GateSubject): string {
  const isOfCode = asked.includes('clean') || asked.includes('pushed');
  const parts = [
    ...(isOfCode ? [codeMeasured(code, asked.includes('clean'))] : []),
    ...(asked.includes('data') ? [pathsText(data, 'no data', `${data.length} files or folders of data`)] : []),
    ...(asked.includes('lock') ? [pathsText(locks, 'no lock file', `${locks.length} lock files`)] : []),
  ];
  return parts.join('; ');
}

function pathsText(files: readonly { readonly path: string }[], none: string, many: string): string {
  if (files.length === 0) return none;
  return files.length > MAX_NAMED ? many : files.map(({ path }) => path).join(', ');
}

type Code = NonNullable<GateSubject['code']>;

/** A text names so many files. */
const MAX_NAMED = 3;

function codeMeasured(code: Code | undefined, withChanges: boolean): string {
  if (!code) return 'no commit';
  const commit = code.commit.slice(0, 12);
  if (!withChanges) return `commit ${commit}`;
  const hasOwnChanges = code.isDirty && !isChangedByTraining(code);
  if (!hasOwnChanges && changedSubmodules(code).length > 0) return `commit ${commit}, submodules changed`;
  if (!code.isDirty) return `commit ${commit}`;
  return isChangedByTraining(code) ? `commit ${commit}, own outputs changed` : `commit ${commit} with changes`;
}

/** What `clean` leaves out of the changes. */
function leftOutText({ paths, count }: Required<Code>['written']): string {
  const named = paths.slice(0, MAX_NAMED).join(', ');
  const rest = count - Math.min(MAX_NAMED, paths.length);
  return rest > 0
    ? `only what the project file declares as outputs or metrics was changed: ${named} and ${rest} more`
    : `only what the project file declares as outputs or metrics was changed: ${named}`;
}

/** An earlier training left outputs or metrics of the model that weren't committed, and nothing else was changed. */
function isChangedByTraining(code: Code): code is Code & Required<Pick<Code, 'written'>> {
  return code.written !== undefined && code.written.otherCount === 0;
}

const LINEAGE: Readonly<Record<LineagePart, (subject: GateSubject) => readonly string[]>> = {
  clean: ({ code }) => (code ? uncommittedOf(code) : ['no commit was recorded']),
  pushed: ({ code }) => {
    if (!code) return ['no commit was recorded, so that none was pushed'];
    return code.isPushed ? [] : ['the commit wasn’t pushed, as far as it was known when the version was registered'];
  },
  data: ({ data }) => {
    if (data.length === 0) return ['no data was recorded'];
    const without = data.find(({ sha256, hash, revision }) => (sha256 ?? hash ?? revision) === undefined);
    return without ? [`no digest of ${without.path} was recorded`] : [];
  },
  lock: ({ locks }) => (locks.length === 0 ? ['no lock file was recorded'] : []),
};

function uncommittedOf(code: Code): readonly string[] {
  const own = code.isDirty && !isChangedByTraining(code) ? ['the working tree had changes that the commit hasn’t'] : [];
  return [...own, ...submodulesText(changedSubmodules(code))];
}

/** Which files of a submodule changed isn't recorded, so that none of them can be told to be outputs. */
function submodulesText(paths: readonly string[]): readonly string[] {
  const [first] = paths;
  if (first === undefined) return [];
  if (paths.length === 1) return [`the submodule ${first} had changes that its commit hasn’t`];
  const named = paths.slice(0, MAX_NAMED).join(', ');
  const rest = paths.length - MAX_NAMED;
  return rest > 0
    ? [`the submodules ${named} and ${rest} more had changes that their commits haven’t`]
    : [`the submodules ${named} had changes that their commits haven’t`];
}
