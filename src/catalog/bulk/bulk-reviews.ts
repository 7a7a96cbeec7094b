import type { EventOf } from '../../log/events.ts';
import type {
  CommentedVote,
  FactSource,
  GateRecord,
  Lapse,
  Question,
  ReviewRequest,
  Vote,
  VotesOf,
} from '../../rules/state.ts';
import { authorValues } from '../column-values.ts';
import type { SqlValue } from '../sqlite.ts';
import { placeIn } from './place-in.ts';
import type { Undo } from './undo.ts';

interface BulkVote extends Vote {
  readonly question: Question;
  readonly comment: string;
  readonly source: FactSource;
  lapsed?: Lapse & { readonly at: string };
}

interface BulkGate extends GateRecord {
  readonly row: readonly SqlValue[];
}

interface BulkRequest {
  readonly question: Question;
  readonly request: ReviewRequest;
  readonly source: FactSource;
}

/** Gates, votes and requests of a `BulkState`. */
export class BulkReviews {
  readonly #undo: Undo;
  readonly #gates = new Map<string, Map<string, BulkGate>>();
  /** For which stages a version has results, or had. */
  readonly #stages = new Map<string, Set<string>>();
  readonly #votes = new Map<string, Map<string, Map<string, BulkVote>>>();
  /** Approvals that stand, by model and target. */
  readonly #standing = new Map<string, Set<BulkVote>>();
  readonly #requests = new Map<string, Map<string, BulkRequest>>();

  constructor(undo: Undo) {
    this.#undo = undo;
  }

  gateRecord(version: string, stage: string, gate: string): GateRecord | undefined {
    return this.#gates.get(`${version}/${stage}`)?.get(gate);
  }

  gateRecords(version: string, stage: string): readonly GateRecord[] {
    return [...(this.#gates.get(`${version}/${stage}`)?.values() ?? [])];
  }

  dropGates(version: string, isMeant: (gate: string) => boolean): void {
    for (const stage of this.#stages.get(version) ?? []) {
      const gates = this.#gates.get(`${version}/${stage}`);
      for (const gate of [...(gates?.keys() ?? [])]) if (gates && isMeant(gate)) this.#undo.set(gates, gate, undefined);
    }
  }

  setGate(version: string, event: EventOf<'gate.recorded'>, { at, by }: FactSource): void {
    const { stage, gate, outcome, evidence = null, against } = event;
    const [place, compared] = [against?.stage ?? null, against?.version ?? null];
    const row = [version, stage, gate, outcome, evidence, place, compared, at, ...authorValues(by)];
    const record = { gate, outcome, by, row, ...(against ? { against } : {}) };
    placeIn(this.#stages, version, () => new Set()).add(stage);
    this.#undo.set(
      placeIn(this.#gates, `${version}/${stage}`, () => new Map()),
      gate,
      record,
    );
  }

  votes(subject: string, target: string): readonly Vote[] {
    return [...(this.#votes.get(subject)?.get(target)?.values() ?? [])];
  }

  setVote(question: Question, vote: CommentedVote, source: FactSource): void {
    const { subject, target } = question;
    const votes = placeIn(
      placeIn(this.#votes, subject, () => new Map<string, Map<string, BulkVote>>()),
      target,
      () => new Map<string, BulkVote>(),
    );
    const { person, isGiven, comment, lapsed } = vote;
    const made: BulkVote = { person, isGiven, comment, by: source.by, question, source };
    if (lapsed) made.lapsed = { ...lapsed, at: source.at };
    const before = votes.get(person);
    if (before) this.#undo.remove(this.#standingOf(before.question), before);
    this.#undo.set(votes, person, made);
    if (isGiven && !lapsed) this.#undo.add(this.#standingOf(question), made);
  }

  lapseVotes(of: VotesOf, lapse: Lapse, { at }: FactSource): void {
    for (const vote of this.#votesOf(of)) {
      if (!this.#standingOf(vote.question).has(vote)) continue;
      this.#undo.remove(this.#standingOf(vote.question), vote);
      this.#undo.change(vote, { lapsed: { code: lapse.code, why: lapse.why, at } });
    }
  }

  dropVotes(subject: string): void {
    for (const vote of this.#votesOf({ subject })) this.#undo.remove(this.#standingOf(vote.question), vote);
    this.#undo.set(this.#votes, subject, undefined);
  }

  hasRequest(subject: string, target: string): boolean {
    return this.#requests.get(subject)?.has(target) ?? false;
  }

  requestCount(subject: string): number {
    return this.#requests.get(subject)?.size ?? 0;
  }

  setRequest(question: Question, request: ReviewRequest, source: FactSource): void {
    const requests = placeIn(this.#requests, question.subject, () => new Map<string, BulkRequest>());
    this.#undo.set(requests, question.target, { question, request, source });
  }

  endRequests(subject: string, target?: string): void {
    const requests = this.#requests.get(subject);
    for (const name of target === undefined ? [...(requests?.keys() ?? [])] : [target])
      if (requests?.has(name)) this.#undo.set(requests, name, undefined);
  }

  gateRows(): readonly (readonly SqlValue[])[] {
    return [...this.#gates.values()].flatMap((gates) => [...gates.values()].map(({ row }) => row));
  }

  voteRows(): readonly (readonly SqlValue[])[] {
    return [...this.#votes.keys()].flatMap((subject) => this.#votesOf({ subject }).map(voteRow));
  }

  requestRows(): readonly (readonly SqlValue[])[] {
    return [...this.#requests.values()].flatMap((requests) => [...requests.values()].map(requestRow));
  }

  #votesOf(of: VotesOf): readonly BulkVote[] {
    if ('model' in of) return [...(this.#standing.get(`${of.model}/${of.target}`) ?? [])];
    const targets = this.#votes.get(of.subject);
    const votes = of.target === undefined ? [...(targets?.values() ?? [])] : [targets?.get(of.target)];
    return votes.flatMap((people) => [...(people?.values() ?? [])]);
  }

  #standingOf({ model, target }: Question): Set<BulkVote> {
    return placeIn(this.#standing, `${model}/${target}`, () => new Set<BulkVote>());
  }
}

function voteRow({ question, person, isGiven, comment, lapsed, source }: BulkVote): readonly SqlValue[] {
  const { subject, target, model } = question;
  const { seq, at, by } = source;
  const ended = [lapsed?.code ?? null, lapsed?.why ?? null, lapsed?.at ?? null];
  return [subject, target, person, model, isGiven ? 1 : 0, comment, ...ended, seq, at, ...authorValues(by)];
}

function requestRow({ question, request, source }: BulkRequest): readonly SqlValue[] {
  const { subject, target, model } = question;
  const { comment, reviewers, policy } = request;
  const { seq, at, askedAt, by } = source;
  const content = [comment, JSON.stringify(reviewers), policy ? JSON.stringify(policy) : null];
  return [subject, target, model, ...content, seq, at, askedAt, ...authorValues(by)];
}
