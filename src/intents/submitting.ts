import { RegistryError } from '../base/errors.ts';
import { encodeIntent, type Intent, MAX_INTENT_BYTES } from '../log/intent.ts';
import type { LogPosition } from '../rules/apply-commit.ts';
import type { IntentOutcome, IntentVerdict, RegistryState } from '../rules/state.ts';

/** The log as far as it is applied here: what ordering an intent needs of the catalog. */
export interface AppliedLog {
  readonly position: LogPosition;
  /** Applies what the log has beyond `position`. Returns the number of commits applied. */
  catchUp(): Promise<number>;
  /** Applies commit `seq`, of which these are the bytes, unless it is applied already. It is the next one, or was a moment ago. */
  applyNext(seq: number, bytes: Uint8Array): Promise<void>;
  /** What applying the intent would come to now, on top of what is laid over the log. */
  judge(intent: Intent): IntentOutcome;
  /** What became of the intent with this id, where it is in the applied log. */
  settled(id: string): IntentVerdict | undefined;
}

/** What sharing needs of the catalog. */
export interface OverlaidLog extends AppliedLog {
  /** Lays intents over the applied log, one on top of the other, in place of those laid before. */
  layOver(intents: readonly Intent[]): void;
  /** Runs `attempt` on the applied log alone; what `apply` applied stays for its next calls, and nothing of it afterwards. */
  tryOnLog(attempt: (apply: (intent: Intent) => IntentOutcome, state: RegistryState) => void): void;
}

export type RefusedOutcome = Exclude<IntentOutcome, { kind: 'applied' }>;

export type SettledResult =
  | { readonly kind: 'applied'; readonly seq: number; readonly at: string }
  /** Not written: applied on top of the log as it is now, it would change nothing. */
  | { readonly kind: 'refused'; readonly outcome: RefusedOutcome };

/** `pending`: durable on this machine, and not in the shared log yet. */
export type SubmitResult = SettledResult | { readonly kind: 'pending' };

/** Where intents are ordered. */
export interface Authority {
  /**
   * Records the intent. When it returns `applied` or `pending`, the intent is durable and in the catalog, exactly once. When it
   * throws, an intent that was recorded all the same is found by its id at the next call with the same intent. `check` is called whenever it is
   * judged, on the state that it would be applied to: what it throws ends the call, and nothing was recorded.
   */
  submit(intent: Intent, check?: () => void): Promise<SubmitResult>;
  /** Waits for a moment where many write in quick succession. Call it before reading what is to be changed. */
  giveWay(): Promise<void>;
}

/** The line of an intent. Throws `INTENT_TOO_LARGE`. */
export function lineOf(intent: Intent): Uint8Array {
  const line = encodeIntent(intent);
  if (line.length <= MAX_INTENT_BYTES) return line;
  throw new RegistryError(
    'INTENT_TOO_LARGE',
    `What is to be recorded takes ${line.length} bytes, more than the ${MAX_INTENT_BYTES} of one entry. Record fewer metrics, params or packages at once.`,
  );
}
