/** Most places on the stack and in the memo. */
export const MAX_STACK = 400_000;
export const MAX_MEMO = 400_000;
/** Most opcodes of one walk: a few seconds. */
export const MAX_OPCODES = 20_000_000;
/** Longer texts are kept as their beginning. */
export const MAX_TEXT_BYTES = 64 * 1024;
/** Texts that are always kept while they are on the stack: names of modules and classes are shorter. */
const SHORT_TEXT_BYTES = 64;

/** What one walk may keep in memory. Once it is used up, the walk goes on and tells imports, but no more what was put together. */
export class Budget {
  #members: number;
  #textBytes = 16 * 1024 * 1024;

  constructor(members = 600_000) {
    this.#members = members;
  }

  /** Whether one more member of a container, or one more object, may be kept. */
  takeMember(): boolean {
    if (this.#members <= 0) return false;
    this.#members -= 1;
    return true;
  }

  /** Gives members back that are no longer kept. */
  giveBack(members: number): void {
    this.#members += members;
  }

  get isUsedUp(): boolean {
    return this.#members <= 0;
  }

  /** Whether a text of this length may be kept. */
  takeText(sizeBytes: number): boolean {
    if (sizeBytes <= SHORT_TEXT_BYTES) return true;
    if (sizeBytes > this.#textBytes) return false;
    this.#textBytes -= sizeBytes;
    return true;
  }
}
