import type { EvaluationEntry } from '../catalog/read-models/evaluations.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import { isOtherData } from './metric-gate.ts';
import { newestBySlice } from './samples.ts';
import type { SureContext } from './sure-metric.ts';
import { type GateSubject, notEvaluated, type Verdict } from './verdict.ts';

/** Nobody reads longer lists of slices. */
const MAX_NAMED = 3;

export interface PeerContext extends SureContext {
  /** The version in the stage: on which slices, and on which data, others are measured. */
  readonly peer?: GateSubject | undefined;
}

/** Whether what was measured of the version in the stage says something of a gate that doesn't compare with one that it names. */
export function looksAtPeer(gate: DeclaredGate): boolean {
  return gate.vs === undefined && (gate.dataset ?? slicesOf(gate)) !== undefined;
}

/** Whether a gate holds what the version in the stage was measured on, and this one not. */
export function dependsOnPeer(gate: DeclaredGate): boolean {
  return gate.vs === undefined && gate.slices === undefined && slicesOf(gate) !== undefined;
}

/**
 * Lets nothing through that was measured on other data than the gate pins, or not on each slice that counts: those that the gate names,
 * else those of the other version. Without it, whoever evaluates could leave out the slices that are bad. Of other data under the same
 * name it tells, where nothing is pinned.
 */
export function checkMeasuredOn(gate: DeclaredGate, context: PeerContext, verdict: Verdict): Verdict {
  const { candidate, rival, peer = rival } = context;
  const counted = countedOf(gate, candidate);
  if (counted.length === 0) return verdict;
  const held = problemOfPin(gate, counted) ?? (verdict.outcome === 'passed' ? missingSlices(gate, context) : undefined);
  if (held !== undefined) return { ...verdict, ...notEvaluated(held, verdict.measured) };
  const note = verdict.outcome === 'passed' ? noteOnData(gate, counted, candidate, peer) : undefined;
  if (note === undefined) return verdict;
  return { ...verdict, why: verdict.why === undefined ? note : `${verdict.why}; ${note}` };
}

/** The name of the slices that a gate looks at. */
function slicesOf(gate: DeclaredGate): string | undefined {
  return gate['worst-of'] ?? gate['gap-of'] ?? gate.by;
}

/** The evaluations that a gate counts. */
function countedOf(gate: DeclaredGate, subject: GateSubject): readonly EvaluationEntry[] {
  const { dataset, slice, metric } = gate;
  const slices = slicesOf(gate);
  if (dataset === undefined && slice === undefined && slices === undefined) return [];
  const found = newestBySlice(subject.evaluations, { dataset, slice, slices, metric });
  // Predictions are of the whole, and have the slices in them.
  const whole = gate.confidence === undefined ? [] : newestBySlice(subject.evaluations, { dataset, metric }).values();
  return [...found.values(), ...whole];
}

function problemOfPin({ dataset, 'dataset-sha256': pinned }: DeclaredGate, counted: readonly EvaluationEntry[]) {
  if (pinned === undefined) return undefined;
  if (counted.some(({ datasetSha256 }) => datasetSha256 === undefined))
    return `the digest of ${dataset} wasn’t recorded: evaluate the version with the file`;
  const other = counted.find(({ datasetSha256 }) => datasetSha256 !== pinned);
  return other && `it was measured on other data of the name ${dataset} (${other.datasetSha256?.slice(0, 12)}…)`;
}

function missingSlices(gate: DeclaredGate, context: PeerContext): string | undefined {
  const slices = slicesOf(gate);
  const { candidate, rival, peer = rival } = context;
  if (slices === undefined) return undefined;
  const wanted = gate.slices ?? (peer ? slicesWithMetric(gate, peer, slices) : []);
  const present = new Set(slicesWithMetric(gate, candidate, slices));
  if (context.certainty && 'samples' in context.certainty)
    for (const { slice } of context.certainty.samples) if (slice !== undefined) present.add(slice);
  const missing = wanted.filter((slice) => !present.has(slice));
  if (missing.length === 0) return undefined;
  const more = missing.length - MAX_NAMED;
  const named = `${missing.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const whose = gate.slices ? 'the gate names' : `${peer?.label} was measured on`;
  return `${candidate.label} wasn’t measured on ${named}, which ${whose}`;
}

/** Of small groups that a gate on bias leaves out, nothing is missed. */
function slicesWithMetric(gate: DeclaredGate, subject: GateSubject, slices: string): readonly string[] {
  const { dataset, metric, 'min-examples': least = 1 } = gate;
  const entries = [...newestBySlice(subject.evaluations, { dataset, slices, metric })];
  return entries.flatMap(([slice, { metrics }]) => {
    const examples = Object.hasOwn(metrics, 'examples') ? metrics.examples : undefined;
    return typeof examples === 'number' && examples < least ? [] : [slice];
  });
}

function noteOnData(
  gate: DeclaredGate,
  counted: readonly EvaluationEntry[],
  candidate: GateSubject,
  peer: GateSubject | undefined,
): string | undefined {
  const { dataset } = gate;
  const [first] = counted;
  if (dataset === undefined || !first) return undefined;
  if (counted.some((entry) => isOtherData(first, entry)))
    return `its evaluations are of different data of the name ${dataset}`;
  const [theirs] = peer ? countedOf(gate, peer) : [];
  if (peer && theirs && isOtherData(first, theirs))
    return `${peer.label} was measured on other data of the name ${dataset}`;
  const registered = candidate.data.find(({ path }) => path === dataset);
  if (registered && isOtherData(first, { datasetSha256: registered.sha256 }))
    return `${dataset} isn’t what it was when the version was registered`;
  return undefined;
}
