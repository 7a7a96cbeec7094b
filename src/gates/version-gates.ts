import { approvalsText } from '../base/approvals-text.ts';
import { parseSize } from '../base/size.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import { failed, type GateSubject, notEvaluated, passed, type SignaturePart, type Verdict } from './verdict.ts';

/** The files must not be larger. */
export function checkSize(gate: DeclaredGate, { sizeBytes }: GateSubject): Verdict {
  const written = gate['max-size'] ?? 0;
  const most = typeof written === 'number' ? written : (parseSize(written) ?? 0);
  const measured = `${sizeBytes} bytes`;
  return sizeBytes > most ? failed(measured, `the files have ${sizeBytes} bytes, more than ${most}`) : passed(measured);
}

/** What loading the files could run, as it was found when they were registered. */
export function checkDanger(gate: DeclaredGate, { danger }: GateSubject): Verdict {
  if (danger === undefined) return notEvaluated('what loading the files could run wasn’t recorded');
  const isAllowed = danger === 'none-found' || (gate.danger === 'not-dangerous' && danger === 'unknown');
  if (isAllowed) return passed(danger);
  const what =
    danger === 'dangerous'
      ? 'loading the files can run code that isn’t the model’s'
      : 'loading the files may run code that isn’t known';
  return failed(danger, what);
}

/** The licences of a model, and of the one it was made from, must be on the list. */
export function checkLicence(gate: DeclaredGate, { label, licence, base }: GateSubject): Verdict {
  const allowed = new Set((gate.licence ?? []).map(normal));
  const known = [
    ...(licence === undefined ? [] : [{ label, licence }]),
    ...(base?.licence === undefined ? [] : [{ label: base.label, licence: base.licence }]),
  ];
  const measured = known.map((one) => one.licence).join(', ');
  const refused = known.find((one) => !allowed.has(normal(one.licence)));
  if (refused) return failed(measured, `${refused.label} has the licence ${refused.licence}`);
  if (base && base.licence === undefined)
    return notEvaluated(`the licence of ${base.label}, which it was made from, isn’t known`, measured);
  return known.length === 0 ? notEvaluated('its files name no licence') : passed(measured);
}

function normal(licence: string): string {
  return licence.trim().toLowerCase();
}

/** Whoever calls the version in `vs` must be able to call this one: the same inputs, and at least its outputs. */
export function checkSignature(gate: DeclaredGate, candidate: GateSubject, rival: GateSubject | undefined): Verdict {
  const stage = gate.vs ?? 'production';
  const { inputs, outputs } = candidate.signature ?? {};
  if (!inputs && !outputs) return notEvaluated('its files say nothing of its inputs and outputs');
  const measured = `${inputs?.length ?? '?'} inputs, ${outputs?.length ?? '?'} outputs`;
  if (!rival) return passed(measured, `no other version is in ${stage}, so there is nothing to compare with`);
  const theirs = rival.signature ?? {};
  if (!theirs.inputs && !theirs.outputs)
    return notEvaluated(`the files of ${rival.label} say nothing of its inputs and outputs`, measured);
  const problems = [
    ...differences('input', theirs.inputs, inputs),
    ...differences('output', theirs.outputs, outputs),
    ...added(theirs.inputs, inputs),
  ];
  return problems.length === 0 ? passed(measured) : failed(measured, problems.join('; '));
}

function differences(
  what: string,
  theirs: readonly SignaturePart[] = [],
  ours: readonly SignaturePart[] = [],
): readonly string[] {
  return theirs.flatMap((part) => {
    const own = ours.find(({ name }) => name === part.name);
    if (!own) return [`the ${what} ${part.name} is missing`];
    if (part.dtype !== undefined && own.dtype !== undefined && part.dtype !== own.dtype)
      return [`the ${what} ${part.name} is ${own.dtype} instead of ${part.dtype}`];
    if (!fits(part.shape, own.shape))
      return [`the ${what} ${part.name} has the shape ${shapeText(own.shape)} instead of ${shapeText(part.shape)}`];
    return [];
  });
}

function added(theirs: readonly SignaturePart[] | undefined, ours: readonly SignaturePart[] = []): readonly string[] {
  if (!theirs) return [];
  return ours
    .filter(({ name }) => !theirs.some((part) => part.name === name))
    .map(({ name }) => `the input ${name} is new`);
}

type Shape = SignaturePart['shape'];

/** A dimension that isn't fixed takes any. */
function fits(theirs: Shape, ours: Shape): boolean {
  if (!theirs || !ours) return true;
  if (theirs.length !== ours.length) return false;
  return theirs.every((size, place) => {
    const own = ours[place];
    return typeof own !== 'number' || own === size;
  });
}

function shapeText(shape: Shape): string {
  return `[${(shape ?? []).map((size) => size ?? '?').join(', ')}]`;
}

/** An approval of a version for a stage, or its refusal. */
export interface ApprovalVote {
  readonly person: string;
  readonly isGiven: boolean;
  /** Whether it counts by the policy: signed, by one of its signers, where it asks for that. */
  readonly isCounted: boolean;
  /** Whoever registered the version. */
  readonly isAuthor: boolean;
  /** Why an approval doesn't count any more. */
  readonly lapsed?: { readonly code: string; readonly why: string };
}

export function checkApprovals(gate: DeclaredGate, votes: readonly ApprovalVote[]): Verdict {
  const wanted = gate.approvals ?? 0;
  const asked = gate.of && new Set(gate.of.map((person) => person.toLowerCase()));
  const others = votes.filter(({ isGiven, isCounted, isAuthor, person }) => {
    return isGiven && isCounted && !isAuthor && (!asked || asked.has(person));
  });
  const counted = others.filter(({ lapsed }) => lapsed === undefined);
  const measured = `${counted.length} of ${wanted} approvals`;
  const refusal = votes.find(({ isGiven, isCounted }) => !isGiven && isCounted);
  if (refusal) return failed(measured, `${refusal.person} refused it`);
  if (counted.length >= wanted) return passed(measured);
  const own = votes.some(({ isGiven, isAuthor }) => isGiven && isAuthor);
  const hint = own ? ['that of whoever registered the version doesn’t count'] : [];
  const gone = others.find(({ lapsed }) => lapsed !== undefined && lapsed.code !== 'used');
  const lapsed = gone?.lapsed ? [`that of ${gone.person} lapsed, because ${gone.lapsed.why}`] : [];
  return failed(measured, [approvalsText(counted.length, wanted, gate.of?.join(', ')), ...lapsed, ...hint].join('; '));
}
