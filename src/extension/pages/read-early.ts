/** Something that is read before it is asked for. */
export interface EarlyRead<T> {
  /** What is read early; who looks leaves it there for `next`. */
  readonly first: Promise<T>;
  /** What was read early, the first time and unless it is outdated by then; else what is read now. */
  next(): Promise<T>;
  /** What was read early is worth nothing any more. */
  outdate(): void;
}

/** Begins to read at once: a page asks for its data only when the editor has made its webview. */
export function readEarly<T>(read: () => Promise<T>): EarlyRead<T> {
  const first = read();
  // Whoever asks is told of what failed.
  first.catch(() => undefined);
  let early: Promise<T> | undefined = first;
  return {
    first,
    next() {
      const known = early;
      early = undefined;
      return known ?? read();
    },
    outdate() {
      early = undefined;
    },
  };
}
