import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { ReviewEntry } from '../../registry/api.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';

/** A promotion that somebody asks for, and the registry that it is in. */
export interface ListedReview {
  readonly registryDir: string;
  readonly entry: ReviewEntry;
  /** Gates that failed when they ran, or that the policy says aren't passed; of one's own requests. */
  readonly failedGates: readonly string[];
}

/** Of so many own requests the gates are looked at. */
const LOOKED_AT = 20;

/** What is asked for in the registries of the window, read anew whenever one of them changes. */
export class ReviewList implements vscode.Disposable {
  readonly #registries: Pick<Registries, 'existing' | 'onDidChange'>;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: vscode.Disposable;
  #entries: readonly ListedReview[] = [];
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

  async update(): Promise<void> {
    if (this.#isReading) {
      this.#isOutdated = true;
      return;
    }
    this.#isReading = true;
    do {
      this.#isOutdated = false;
      const found = await Promise.all((await this.#registries.existing()).map((registry) => this.#reviewsOf(registry)));
      this.#entries = found.flat().sort((a, b) => rank(a) - rank(b));
    } while (this.#isOutdated);
    this.#isReading = false;
    void setContext('modelRegistry.hasReviews', this.#entries.length > 0);
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #reviewsOf({ dir, connection: { registry } }: Awaited<ReturnType<Registries['existing']>>[number]) {
    try {
      const entries = await registry.reviews();
      const looked = new Set(entries.filter(({ isOwn }) => isOwn).slice(0, LOOKED_AT));
      return await Promise.all(
        entries.map(async (entry): Promise<ListedReview> => {
          if (!looked.has(entry)) return { registryDir: dir, entry, failedGates: [] };
          const { results } = await registry.gateStanding({ ref: entry.version.id, stage: entry.stage });
          const failed = results.filter(({ outcome, stale }) => outcome === 'failed' && stale === undefined);
          return { registryDir: dir, entry, failedGates: failed.map(({ gate }) => gate) };
        }),
      );
    } catch (error) {
      // The views of the registry say what is wrong with it.
      this.#log.warn(`What is asked for can't be shown: ${messageOf(error)}`);
      return [];
    }
  }
}

function rank({ entry: { isWanted, isOwn } }: ListedReview): number {
  return isWanted ? 0 : isOwn ? 1 : 2;
}
