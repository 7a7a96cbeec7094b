/** What was changed in maps and arrays, so that it can be taken back. */
export class Undo {
  readonly #steps: (() => void)[] = [];
  #depth = 0;

  /** Runs `change`; when it returns false, or throws, what it noted is undone, the last first. Calls may be nested. */
  atomically(change: () => boolean): void {
    const start = this.#steps.length;
    let isKept = false;
    this.#depth += 1;
    try {
      isKept = change();
    } finally {
      this.#depth -= 1;
      if (!isKept) while (this.#steps.length > start) this.#steps.pop()?.();
      if (this.#depth === 0) this.#steps.length = 0;
    }
  }

  note(undo: () => void): void {
    if (this.#depth > 0) this.#steps.push(undo);
  }

  set<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
    const before = map.get(key);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    this.note(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
  }

  change<T extends object>(row: T, change: Partial<T>): void {
    for (const name of Object.keys(change) as (keyof T)[]) {
      const before = row[name];
      row[name] = change[name] as T[keyof T];
      this.note(() => {
        row[name] = before;
      });
    }
  }

  push<T>(rows: T[], row: T): void {
    rows.push(row);
    this.note(() => rows.pop());
  }

  add<T>(set: Set<T>, value: T): void {
    if (set.has(value)) return;
    set.add(value);
    this.note(() => set.delete(value));
  }

  remove<T>(set: Set<T>, value: T): void {
    if (set.delete(value)) this.note(() => set.add(value));
  }
}
