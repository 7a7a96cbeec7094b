import * as v from 'valibot';
import { expectedText, issueText, kindOf, quoted } from '../base/schema-words.ts';
import { approvalsGateSchema, metricGateSchema, policySchema, recordedGateSchema } from '../log/policy-schema.ts';
import { nearestKey } from '../project/nearest-key.ts';

/** Problems that a message names. */
const MAX_SHOWN = 3;
/** What the log calls it, and how people write it in a file. */
const AS_WRITTEN: ReadonlyMap<string, string> = new Map([
  ['displacedTo', 'displaced-to'],
  ['maxDrop', 'max-drop'],
]);
const GATE =
  'must be {metric: NAME, with min, max, or vs and max-drop}, {approvals: NUMBER} or {recorded: NAME OF A RESULT}';
const OVERRIDE = 'must be allowed, never, or {by: [people who may]}';

/** What is wrong in the form of a policy, each with where and what is expected; undefined where its form is right. */
export function problemsOfPolicy(value: unknown): string | undefined {
  const problems = [...new Set(problemsIn(value))];
  if (problems.length === 0) return undefined;
  const more = problems.length > MAX_SHOWN ? [`and ${problems.length - MAX_SHOWN} more`] : [];
  return [...problems.slice(0, MAX_SHOWN), ...more].join('; ');
}

function problemsIn(value: unknown): readonly string[] {
  if (!isMap(value))
    return [`must be names with values (${keysOf(policySchema).join(', ')}), but it is ${kindOf(value)}`];
  const { gates } = value;
  if (Array.isArray(gates))
    return [
      'gates must be lists of gates under the names of stages (production: [{metric: auc, min: 0.8}]), but it is a list',
    ];
  const parsed = v.safeParse(policySchema, value);
  return parsed.success ? [] : parsed.issues.flatMap((issue) => problemsOf(issue, []));
}

type Issue = v.BaseIssue<unknown>;
type Path = readonly string[];

function problemsOf(issue: Issue, around: Path): readonly string[] {
  const path = [...around, ...(issue.path ?? []).map(({ key }) => String(key))];
  if (issue.type === 'union' && path.at(0) === 'gates') return problemsOfGate(issue.input, path);
  if (issue.type === 'union' && path.at(0) === 'override')
    return [`override ${OVERRIDE}, but it is ${kindOf(issue.input)}`];
  return [problemOf(issue, path)];
}

/** A gate is one of three; which was meant shows in its keys. */
function problemsOfGate(gate: unknown, path: Path): readonly string[] {
  if (!isMap(gate)) return [`${written(path)} ${GATE}, but it is ${kindOf(gate)}`];
  const schema = schemaOfGate(gate);
  if (!schema) return [`${written(path)} ${GATE}; it has ${Object.keys(gate).map(quoted).join(', ') || 'nothing'}`];
  const parsed = v.safeParse(schema, gate);
  return parsed.success
    ? []
    : parsed.issues.map((issue) => problemOf(issue, [...path, ...pathOf(issue)], keysOf(schema)));
}

function schemaOfGate(gate: object) {
  if ('metric' in gate) return metricGateSchema;
  if ('approvals' in gate) return approvalsGateSchema;
  return 'recorded' in gate ? recordedGateSchema : undefined;
}

function problemOf(issue: Issue, path: Path, known = knownAt(path)): string {
  const key = path.at(-1) ?? '';
  const place = written(path);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const nearest = nearestKey(key, known);
    const advice = nearest === undefined ? '.' : `: did you mean ${quoted(nearest)}?`;
    const around = path.length > 1 ? ` in ${written(path.slice(0, -1))}` : '';
    return `has the key ${quoted(key)}${around}, which this version of Model Registry doesn't know${advice} Known here: ${known.join(', ')}`;
  }
  if (issue.received === 'undefined') return `${place} is missing`;
  const last = issue.path?.at(-1);
  if (last && 'origin' in last && last.origin === 'key') return `${place}: ${quoted(key)} is no name of a stage`;
  if (issue.type === 'regex') return `${place}: ${quoted(String(issue.input))} is no name of a stage`;
  const expected = expectedText(issue.expected ?? '');
  if (issue.kind === 'schema' && expected !== '')
    return `${place} must be ${expected}, but it is ${kindOf(issue.input)}`;
  return `${place}: ${issueText(issue)}`;
}

function knownAt(path: Path): readonly string[] {
  if (path[0] === 'stages' && path.length > 1) return ['name', 'exclusive', 'displaced-to', 'from'];
  if (path[0] === 'changes' && path.length > 1) return ['approvals', 'by'];
  if (path[0] === 'signers' && path.length > 1) return ['person', 'key'];
  return keysOf(policySchema);
}

function keysOf(schema: { readonly entries: object }): readonly string[] {
  return Object.keys(schema.entries).map((key) => AS_WRITTEN.get(key) ?? key);
}

function pathOf(issue: Issue): Path {
  return (issue.path ?? []).map(({ key }) => String(key));
}

function written(path: Path): string {
  return path.map((key) => AS_WRITTEN.get(key) ?? key).join('.');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
