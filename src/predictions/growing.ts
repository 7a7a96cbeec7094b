/** Numbers whose count isn't known in advance. */
export class GrowingColumn {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  get length(): number {
    return this.#length;
  }

  values(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}

/** Texts as numbers, each different one with the next. Undefined beyond so many. */
export class Dictionary {
  readonly #codes = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  code(text: string): number | undefined {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#codes.size >= this.#most) return undefined;
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }

  texts(): readonly string[] {
    return [...this.#codes.keys()];
  }
}
