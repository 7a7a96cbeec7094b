import type { Undo } from './undo.ts';

interface Holder {
  readonly depth: number;
  readonly version: string;
}

/** The versions that held one exclusive stage, by depth: the depths ascend and may have gaps. */
export class HolderStack {
  readonly #holders: Holder[] = [];
  readonly #depths = new Map<string, number>();
  readonly #undo: Undo;

  constructor(undo: Undo) {
    this.#undo = undo;
  }

  has(version: string): boolean {
    return this.#depths.has(version);
  }

  /** The last one first. */
  top(limit: number): readonly string[] {
    return this.#holders
      .slice(Math.max(this.#holders.length - limit, 0))
      .map(({ version }) => version)
      .reverse();
  }

  holders(): readonly Holder[] {
    return this.#holders;
  }

  push(version: string): void {
    this.drop(version);
    this.#insert(this.#holders.length, { depth: (this.#holders.at(-1)?.depth ?? 0) + 1, version });
  }

  drop(version: string): void {
    const depth = this.#depths.get(version);
    if (depth !== undefined) this.#remove(this.#indexOf(depth));
  }

  dropAbove(version: string): void {
    const depth = this.#depths.get(version);
    if (depth === undefined) return;
    for (let index = this.#holders.length - 1; index > this.#indexOf(depth); index -= 1) this.#remove(index);
  }

  #indexOf(depth: number): number {
    let low = 0;
    let high = this.#holders.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#holders[middle]?.depth ?? 0) < depth) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(index: number, holder: Holder): void {
    this.#holders.splice(index, 0, holder);
    this.#depths.set(holder.version, holder.depth);
    this.#undo.note(() => {
      this.#holders.splice(index, 1);
      this.#depths.delete(holder.version);
    });
  }

  #remove(index: number): void {
    const [holder] = this.#holders.splice(index, 1);
    if (!holder) return;
    this.#depths.delete(holder.version);
    this.#undo.note(() => {
      this.#holders.splice(index, 0, holder);
      this.#depths.set(holder.version, holder.depth);
    });
  }
}
