import type { OpcodeName } from './opcodes.ts';
import type { GlobalValue, Value } from './values.ts';

/** What a pickle does beyond putting plain values together, in the order in which it does it. `offset` is the place of the opcode. */
export type PickleEvent = { readonly opcode: OpcodeName; readonly offset: number } & (
  | {
      readonly type: 'import';
      /** Undefined where it isn't a text that stands in the pickle. */
      readonly module: string | undefined;
      readonly name: string | undefined;
      /** The text may have been one, and wasn't kept for its size. */
      readonly isLost: boolean;
    }
  /** An import by its number in the registry of the loading program. */
  | { readonly type: 'extension'; readonly code: number }
  | { readonly type: 'call'; readonly callee: Value; readonly args: readonly Value[] }
  /** Sets the state of an object: `__setstate__`, or its attributes. */
  | { readonly type: 'build'; readonly target: Value; readonly state: Value }
  /** Changes something imported, instead of an object of the pickle's own. */
  | { readonly type: 'change'; readonly target: GlobalValue }
  /** An opcode that reaches over the end of its frame. */
  | { readonly type: 'torn-frame' }
);
