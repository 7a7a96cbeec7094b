import type { Later } from '../shared/page.ts';

/** More questions than these aren't on the page at once. */
const MOST_KEPT = 24;

interface Known {
  readonly revision: number;
  readonly outcome: Later<unknown>;
}

/**
 * What the page has asked for apart from its own data. When the registry has changed, everything is asked again, and what was there before
 * is shown until the new answer comes, so that nothing flickers while a sweep registers its versions.
 */
export class Answers {
  readonly #known = new Map<string, Known>();
  readonly #redraw: () => void;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  /** The answer to the question of this name; `read` asks it, once for each `revision` of the page's data. */
  get<T>(name: string, revision: number, read: () => Promise<T>): Later<T> {
    const known = this.#known.get(name);
    // What a name stands for is decided by the one place that asks for it.
    if (known?.revision === revision) return known.outcome as Later<T>;
    const before = known?.outcome.state === 'ready' ? (known.outcome as Later<T>) : undefined;
    const meanwhile: Later<T> = before ?? { state: 'loading' };
    this.#keep(name, { revision, outcome: meanwhile });
    const settle = (outcome: Later<T>) => {
      if (this.#known.get(name)?.revision !== revision) return;
      this.#keep(name, { revision, outcome });
      this.#redraw();
    };
    const retry = () => {
      this.#known.delete(name);
      this.#redraw();
    };
    read().then(
      (data) => settle({ state: 'ready', data }),
      (error: unknown) =>
        settle({ state: 'failed', message: error instanceof Error ? error.message : String(error), retry }),
    );
    return meanwhile;
  }

  #keep(name: string, known: Known): void {
    this.#known.delete(name);
    this.#known.set(name, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KEPT) break;
      this.#known.delete(oldest);
    }
  }
}
