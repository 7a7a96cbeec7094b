import type { ByteSource } from '../file-set.ts';
import { whyInvalid } from '../invalid.ts';
import { ByteReader } from '../read/byte-reader.ts';
import { bytesNeeded, isFixed, readCount, readCounted, readFixed, readLine, readTwoLines } from './arguments.ts';
import { Budget, MAX_OPCODES } from './budget.ts';
import type { PickleEvent } from './events.ts';
import { arrayBehind } from './joblib-array.ts';
import { Machine, type Make, StackTooDeep } from './machine.ts';
import { opcodeOf } from './opcodes.ts';
import { isKind, type Value } from './values.ts';

const MAX_PICKLES = 1_000;
/** How far bytes that may be opcodes or elements of an array are followed as opcodes. */
const MAX_GUESSED_OPCODES = 100_000;
const MAX_HELD_EVENTS = 10_000;

export interface WalkedPickle {
  readonly offset: number;
  /** Behind its `STOP`, or where the walk ended. */
  readonly end: number;
  readonly protocol: number;
  /** What loading would return; of a pickle without `STOP` what was on top. */
  readonly root: Value;
  readonly isWhole: boolean;
}

export interface PickleWalk {
  readonly pickles: readonly WalkedPickle[];
  /** Whether there was more than is kept, so that values are incomplete. Imports are told all the same. */
  readonly isPartial: boolean;
  /** Why the walk ended before the bytes did, and where. */
  readonly stopped?: {
    readonly why: 'truncated' | 'not-an-opcode' | 'too-large' | 'enough';
    readonly offset: number;
  };
}

export interface WalkOptions {
  readonly start?: number;
  readonly end?: number;
  /** Walks no more pickles than this; what follows is left alone. */
  readonly maxPickles?: number;
  readonly onEvent?: (event: PickleEvent) => void;
  readonly make?: Make;
}

/**
 * Walks the opcodes of the pickles in these bytes, one behind the other, without importing or calling anything (Python's
 * Lib/pickletools.py; joblib's numpy_pickle.py for arrays between opcodes). A pickle that is broken is walked up to there: what comes
 * before would run. Bounded in memory; payloads are skipped, not read. Throws only what reading throws.
 */
export async function walkPickles(source: ByteSource, options: WalkOptions = {}): Promise<PickleWalk> {
  const onEvent = options.onEvent ?? (() => {});
  const reader = new ByteReader(source, '', options);
  const budget = new Budget();
  const walker = new Walker(source, reader, budget, MAX_OPCODES, options.make);
  const pickles: WalkedPickle[] = [];
  const most = Math.min(options.maxPickles ?? MAX_PICKLES, MAX_PICKLES);
  while (reader.remaining > 0) {
    if (pickles.length >= most)
      return { pickles, isPartial: budget.isUsedUp, stopped: { why: 'enough', offset: reader.position } };
    // Bytes behind a whole pickle need not be pickles: what they seem to do is told only if they are, or name what could be a module.
    const held = pickles.length === 0 ? undefined : new HeldEvents(onEvent);
    const { pickle, stopped } = await walker.walkOne(held?.hold ?? onEvent);
    if (stopped === undefined) {
      held?.release();
      pickles.push(pickle);
      continue;
    }
    if (pickles.length === 0) pickles.push(pickle);
    held?.releasePlausible();
    return { pickles, isPartial: budget.isUsedUp, stopped };
  }
  return { pickles, isPartial: budget.isUsedUp };
}

type Stopped = NonNullable<PickleWalk['stopped']>;

class Walker {
  readonly #source: ByteSource;
  readonly #reader: ByteReader;
  readonly #budget: Budget;
  readonly #make: Make | undefined;
  #opcodesLeft: number;

  constructor(source: ByteSource, reader: ByteReader, budget: Budget, maxOpcodes: number, make?: Make) {
    this.#source = source;
    this.#reader = reader;
    this.#budget = budget;
    this.#opcodesLeft = maxOpcodes;
    this.#make = make;
  }

  /** Walks to the next `STOP`. */
  async walkOne(
    onEvent: (event: PickleEvent) => void,
    depth = 0,
  ): Promise<{ readonly pickle: WalkedPickle; readonly stopped?: Stopped }> {
    const reader = this.#reader;
    const machine = new Machine(this.#budget, onEvent, this.#make);
    const offset = reader.position;
    let protocol = 0;
    let frameEnd = 0;
    let start = offset;
    const ended = (isWhole: boolean): WalkedPickle => ({
      offset,
      end: reader.position,
      protocol,
      root: machine.top,
      isWhole,
    });
    try {
      for (;;) {
        start = reader.position;
        if (!reader.has(9)) await reader.ensure(Math.max(1, Math.min(9, reader.remaining)));
        const opcode = opcodeOf(reader.u8());
        if (opcode === undefined) return { pickle: ended(false), stopped: { why: 'not-an-opcode', offset: start } };
        this.#opcodesLeft -= 1;
        if (this.#opcodesLeft < 0) return { pickle: ended(false), stopped: { why: 'too-large', offset: start } };
        const { name, argument } = opcode;
        const isInFrame = start < frameEnd;
        if (isFixed(argument)) {
          const value = readFixed(reader, argument);
          if (name === 'PROTO') protocol = value;
          if (name === 'FRAME') {
            if (isInFrame) onEvent({ type: 'torn-frame', opcode: name, offset: start });
            frameEnd = reader.position + value;
          }
          machine.apply(name, value, start);
        } else if (name === 'GLOBAL' || name === 'INST') {
          const [module, imported] = await readTwoLines(reader);
          machine.applyNamed(name, module, imported, start);
        } else if (argument === 'counted-1' || argument === 'counted-4' || argument === 'counted-8') {
          const sizeBytes = readCount(reader, argument);
          const needed = bytesNeeded(name, sizeBytes);
          if (!reader.has(needed)) await reader.ensure(needed);
          machine.apply(name, readCounted(reader, name, sizeBytes, this.#budget), start);
        } else {
          machine.apply(name, await readLine(reader, name, this.#budget), start);
        }
        if (isInFrame && name !== 'FRAME' && reader.position > frameEnd) {
          onEvent({ type: 'torn-frame', opcode: name, offset: start });
          frameEnd = 0;
        }
        if (name === 'STOP') return { pickle: ended(true) };
        if (name === 'BUILD' && depth < 3) await this.#skipArray(machine, onEvent, depth);
      }
    } catch (error) {
      if (whyInvalid(error) !== undefined)
        return { pickle: ended(false), stopped: { why: 'truncated', offset: start } };
      if (error instanceof StackTooDeep) return { pickle: ended(false), stopped: { why: 'too-large', offset: start } };
      throw error;
    }
  }

  /** joblib writes an array's elements behind the opcode that completes its wrapper, where other programs expect opcodes. */
  async #skipArray(machine: Machine, onEvent: (event: PickleEvent) => void, depth: number): Promise<void> {
    const array = arrayBehind(machine.top);
    if (array === undefined) return;
    const reader = this.#reader;
    await this.#guessOpcodes(reader.position, onEvent);
    if (array.elements === 'pickle') {
      const { pickle, stopped } = await this.walkOne(onEvent, depth + 1);
      if (stopped !== undefined)
        throw stopped.why === 'too-large' ? new StackTooDeep() : reader.invalid('it ends too early');
      machine.replaceTop(pickle.root);
      return;
    }
    if (array.isAligned) {
      await reader.ensure(1);
      reader.skip(reader.u8());
    }
    const offset = reader.position;
    reader.skip(array.elements);
    const wrapper = machine.top;
    if (isKind(wrapper, 'object')) wrapper.array = { offset, sizeBytes: array.elements };
  }

  /** `pickle.load` would take the elements for opcodes, so these are looked at, too. */
  async #guessOpcodes(start: number, onEvent: (event: PickleEvent) => void): Promise<void> {
    const reader = new ByteReader(this.#source, '', { start, end: start + this.#reader.remaining });
    const held = new HeldEvents(onEvent);
    await new Walker(this.#source, reader, new Budget(MAX_GUESSED_OPCODES), MAX_GUESSED_OPCODES).walkOne(
      held.hold,
      Infinity,
    );
    held.releasePlausible();
  }
}

/** Events that count only if what they come from turns out to be a pickle. */
class HeldEvents {
  #events: PickleEvent[] = [];
  readonly #onEvent: (event: PickleEvent) => void;

  constructor(onEvent: (event: PickleEvent) => void) {
    this.#onEvent = onEvent;
  }

  readonly hold = (event: PickleEvent): void => {
    this.#events.push(event);
    // So many are no accident.
    if (this.#events.length >= MAX_HELD_EVENTS) this.release();
  };

  release(): void {
    const events = this.#events;
    this.#events = [];
    for (const event of events) this.#onEvent(event);
  }

  releasePlausible(): void {
    const isPlausible = (text: string | undefined) => text !== undefined && /^\s*[A-Za-z_][\w.]*\s*$/.test(text);
    this.#events = this.#events.filter(
      (event) => event.type === 'import' && isPlausible(event.module) && isPlausible(event.name),
    );
    this.release();
  }
}
