import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { type AskedEntry, withGates } from '../../gates/asked-for.ts';
import type { PolicyProposal } from '../../registry/api/policies.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';

/** A promotion that somebody asks for, and the registry that it is in. */
export interface ListedReview {
  readonly registryDir: string;
  readonly entry: AskedEntry;
  /** The gates that failed, as far as it is known. */
  readonly failedGates: readonly string[];
}

/** A policy that somebody proposes. */
export interface ListedProposal {
  readonly registryDir: string;
  readonly proposal: PolicyProposal;
}

/** An own request that somebody else answered by promoting the version. */
export interface PromotedForMe {
  readonly registryDir: string;
  readonly version: VersionSummary;
}

type Registry = Awaited<ReturnType<Registries['existing']>>[number];

/** Of so many own requests that ended it is known until somebody was told. */
const KEPT = 100;

/** What is asked for in the registries of the window, read anew whenever one of them changes. */
export class ReviewList implements vscode.Disposable {
  readonly #registries: Pick<Registries, 'existing' | 'onDidChange'>;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;
  #entries: readonly ListedReview[] = [];
  #proposals: readonly ListedProposal[] = [];
  #promoted: readonly PromotedForMe[] = [];
  #isReading = false;
  #isOutdated = false;

  /** It was read. */
  readonly onDidChange = this.#changed.event;

  constructor(registries: Pick<Registries, 'existing' | 'onDidChange'>, log: vscode.LogOutputChannel) {
    this.#registries = registries;
    this.#log = log;
    this.#subscription = registries.onDidChange(() => void this.update());
  }

  /** Those that want a word of this person first, then their own. */
  get entries(): readonly ListedReview[] {
    return this.#entries;
  }

  /** Policies that wait for people, those first that want a word of this person. */
  get proposals(): readonly ListedProposal[] {
    return this.#proposals;
  }

  /** Own requests that ended, each until it was taken. */
  takePromoted(): readonly PromotedForMe[] {
    const taken = this.#promoted;
    this.#promoted = [];
    return taken;
  }

  /** Never rejects. */
  async update(): Promise<void> {
    if (this.#isReading) {
      this.#isOutdated = true;
      return;
    }
    this.#isReading = true;
    try {
      do {
        this.#isOutdated = false;
        await this.#read();
      } while (this.#isOutdated);
    } catch (error) {
      this.#log.warn(`What is asked for can't be shown: ${messageOf(error)}`);
    } finally {
      this.#isReading = false;
    }
    void setContext('modelRegistry.hasReviews', this.#entries.length + this.#proposals.length > 0);
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #read(): Promise<void> {
    const registries = await this.#registries.existing();
    const reviews = await Promise.all(
      registries.map((registry) => this.#quietly(reviewsOf(registry, (error) => this.#tell(error)))),
    );
    const proposals = await Promise.all(registries.map((registry) => this.#quietly(proposalsOf(registry))));
    const open = new Set(reviews.flat().map(keyOf));
    const ended = this.#entries.filter((review) => review.entry.isOwn && !open.has(keyOf(review)));
    const promoted = await Promise.all(
      registries.map((registry) =>
        this.#quietly(
          promotedOf(
            registry,
            ended.filter((one) => one.registryDir === registry.dir),
          ),
        ),
      ),
    );
    this.#promoted = [...this.#promoted, ...promoted.flat()].slice(-KEPT);
    this.#entries = reviews.flat().sort((a, b) => rank(a.entry) - rank(b.entry));
    this.#proposals = proposals.flat().sort((a, b) => rank(a.proposal) - rank(b.proposal));
  }

  /** The views of a registry say what is wrong with it. */
  async #quietly<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      return await found;
    } catch (error) {
      this.#log.warn(`What is asked for can't be shown: ${messageOf(error)}`);
      return [];
    }
  }

  /** Their rows say that nobody knows how the gates stand. */
  #tell(error: unknown): void {
    this.#log.warn(`The gates of what is asked for can't be evaluated: ${messageOf(error)}`);
  }
}

async function reviewsOf(
  { dir, roots, connection }: Registry,
  onProblem: (error: unknown) => void,
): Promise<readonly ListedReview[]> {
  const { registry } = connection;
  const folders = roots.map(({ uri }) => uri.fsPath);
  const asked = [...(await registry.reviews())].sort((a, b) => rank(a) - rank(b));
  const entries = await withGates(asked, (of) => connection.stageGates({ ...of, roots: folders }), onProblem);
  return entries.map((entry): ListedReview => {
    return { registryDir: dir, entry, failedGates: entry.gates?.failed.map(({ title }) => title) ?? [] };
  });
}

/** Those of the requests that ended because somebody else moved the version to the stage. */
async function promotedOf(
  { dir, connection: { registry } }: Registry,
  ended: readonly ListedReview[],
): Promise<readonly PromotedForMe[]> {
  const found = await Promise.all(
    ended.map(async ({ entry }): Promise<readonly PromotedForMe[]> => {
      const version = await registry.show({ ref: entry.version.id });
      const isByOther = version.stageBy.email !== entry.by.email || version.stageBy.name !== entry.by.name;
      return version.stage === entry.stage && isByOther ? [{ registryDir: dir, version }] : [];
    }),
  );
  return found.flat();
}

function keyOf({ registryDir, entry: { version, stage } }: ListedReview): string {
  return JSON.stringify([registryDir, version.id, stage]);
}

async function proposalsOf({ dir, connection: { registry } }: Registry): Promise<readonly ListedProposal[]> {
  return (await registry.policyProposals()).map((proposal) => ({ registryDir: dir, proposal }));
}

function rank({ isWanted, isOwn }: { readonly isWanted: boolean; readonly isOwn: boolean }): number {
  return isWanted ? 0 : isOwn ? 1 : 2;
}
