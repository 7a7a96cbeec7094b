/** What goes on after its command has ended, or in a terminal of another program. */
const STAYS_BEHIND =
  /(?<![&<>|])&(?![&>])|\b(?:nohup|setsid|disown|tmux|screen|sbatch|Start-Job|Start-Process)\b|^\s*(?:bg|start)(?=\s|$)|\s-d(?=\s|$)|--detach\b/i;

/**
 * Tells since when nothing but the next command of a terminal can have run in this window: the editor may tell of its beginning late.
 * Nothing is told beside other terminals, where anything may run, of which the editor may tell later still.
 */
export class LoneTerminal {
  readonly #open: Set<object>;
  /** Since when nothing runs in a terminal. */
  readonly #idleSinceMs = new Map<object, number>();
  /** Tasks, debug sessions and cells that go on. */
  readonly #others = new Set<object>();
  #aloneSinceMs = 0;
  #isLeftRunning = false;

  /** `open` are the terminals that are there already. */
  constructor(open: readonly object[] = []) {
    this.#open = new Set(open);
  }

  opened(terminal: object, atMs: number): void {
    this.#open.add(terminal);
    this.#idleSinceMs.set(terminal, atMs);
  }

  closed(terminal: object, atMs: number): void {
    this.#open.delete(terminal);
    this.#idleSinceMs.delete(terminal);
    this.#aloneSinceMs = atMs;
  }

  begins(terminal: object, line: string): void {
    this.#idleSinceMs.delete(terminal);
    if (STAYS_BEHIND.test(line)) this.#isLeftRunning = true;
  }

  ended(terminal: object, atMs: number): void {
    this.#idleSinceMs.set(terminal, atMs);
  }

  othersBegin(key: object): void {
    this.#others.add(key);
  }

  othersEnded(key: object, atMs: number): void {
    if (this.#others.delete(key)) this.#aloneSinceMs = atMs;
  }

  /** Milliseconds since the epoch; undefined where others may be at work. */
  idleSinceMs(terminal: object): number | undefined {
    const idleSinceMs = this.#idleSinceMs.get(terminal);
    const isAlone = this.#others.size === 0 && [...this.#open].every((open) => open === terminal);
    if (idleSinceMs === undefined || !isAlone || this.#isLeftRunning) return undefined;
    return Math.max(idleSinceMs, this.#aloneSinceMs);
  }
}
