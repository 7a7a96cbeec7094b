/** Thrown inside the rules to make an intent void; never leaves this folder. */
export class RuleBreak extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Thrown inside the rules for what only a newer program can judge; never leaves this folder. */
export class NeedsNewer extends Error {
  readonly needs: readonly string[];

  constructor(needs: readonly string[]) {
    super(needs.join(', '));
    this.needs = needs;
  }
}
