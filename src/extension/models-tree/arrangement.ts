import * as v from 'valibot';
import * as vscode from 'vscode';

const schema = v.object({
  /** What the versions of a model are put together by. */
  groupBy: v.picklist(['nothing', 'stage', 'date']),
  versionOrder: v.picklist(['newest', 'best']),
  modelOrder: v.picklist(['name', 'recent']),
  /** Whether the checkpoints of a run, and the runs of a sweep, are one row. */
  isFolding: v.boolean(),
});

/** How the Models view is put together. */
export type Arrangement = Readonly<v.InferOutput<typeof schema>>;

const DEFAULT: Arrangement = { groupBy: 'nothing', versionOrder: 'newest', modelOrder: 'name', isFolding: true };
const KEY = 'modelsTree.arrangement';

/** What the person has chosen for the Models view: its arrangement, which is remembered, and a filter, which isn't. */
export class TreeChoices implements vscode.Disposable {
  readonly #state: Pick<vscode.Memento, 'get' | 'update'> | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  #arrangement: Arrangement;
  #filter = '';
  #isTyping = false;

  readonly onDidChange = this.#changed.event;

  constructor(state?: Pick<vscode.Memento, 'get' | 'update'>) {
    this.#state = state;
    const parsed = v.safeParse(schema, state?.get(KEY));
    this.#arrangement = parsed.success ? parsed.output : DEFAULT;
  }

  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  async arrange(changes: Partial<Arrangement>): Promise<void> {
    this.#arrangement = { ...this.#arrangement, ...changes };
    this.#changed.fire();
    await this.#state?.update(KEY, this.#arrangement);
  }

  /** Empty for none. */
  get filter(): string {
    return this.#filter;
  }

  /** Whether the filter is still being typed: then rows have no buttons, which nobody could reach and which the editor would make anew with each key. */
  get isTyping(): boolean {
    return this.#isTyping;
  }

  setFilter(filter: string): void {
    this.#set(filter, false);
  }

  /** A filter that the next key may change. */
  typeFilter(filter: string): void {
    this.#set(filter, true);
  }

  #set(filter: string, isTyping: boolean): void {
    if (filter.trim() === this.#filter && isTyping === this.#isTyping) return;
    this.#filter = filter.trim();
    this.#isTyping = isTyping;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
