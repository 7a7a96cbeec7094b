import { type Budget, MAX_MEMO, MAX_STACK } from './budget.ts';
import type { PickleEvent } from './events.ts';
import type { OpcodeName } from './opcodes.ts';
import { type GlobalValue, isKind, LOST, type ObjectValue, OUTSIDE, type Value } from './values.ts';

const MAX_KNOWN_GLOBALS = 10_000;

/** Makes something of a call, where the caller of the walk knows what it is; the arguments are then forgotten. */
export type Make = (
  callee: GlobalValue,
  args: readonly Value[],
) => { readonly made: unknown; readonly members: number } | undefined;

/** The stack would grow beyond the limit. */
export class StackTooDeep extends Error {}

/**
 * The stack machine of pickles on abstract values: nothing is imported, and nothing is called. Where a real one would stop for a missing
 * value, this goes on with an unknown one, so that it sees at least what any of them would do.
 */
export class Machine {
  readonly #stack: Value[] = [];
  /** For each open mark, how much of the stack lies below it. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();
  #memoized = 0;
  readonly #globals = new Map<string, GlobalValue>();
  readonly #budget: Budget;
  readonly #onEvent: (event: PickleEvent) => void;
  readonly #make: Make | undefined;

  constructor(budget: Budget, onEvent: (event: PickleEvent) => void, make?: Make) {
    this.#budget = budget;
    this.#onEvent = onEvent;
    this.#make = make;
  }

  /** Of the next pickle in the same file: the memo is a new one. */
  reset(): void {
    this.#stack.length = 0;
    this.#marks.length = 0;
    this.#memo.clear();
    this.#memoized = 0;
  }

  get top(): Value {
    return this.#stack.at(-1) ?? LOST;
  }

  replaceTop(value: Value): void {
    this.#pop();
    this.push(value);
  }

  push(value: Value): void {
    if (this.#stack.length >= MAX_STACK) throw new StackTooDeep();
    this.#stack.push(value);
  }

  /** `GLOBAL`, `INST`: names that stand in the opcode. */
  applyNamed(opcode: 'GLOBAL' | 'INST', module: string | undefined, name: string | undefined, offset: number): void {
    const imported = this.#import(opcode, module, name, offset);
    if (opcode === 'GLOBAL') this.push(imported);
    else this.#call(opcode, imported, this.#popToMark(), offset);
  }

  /** Any other opcode, with its argument. */
  apply(opcode: OpcodeName, argument: Value, offset: number): void {
    switch (opcode) {
      case 'MARK':
        if (this.#marks.length >= MAX_STACK) throw new StackTooDeep();
        this.#marks.push(this.#stack.length);
        break;
      case 'POP':
        if (this.#marks.length > 0 && this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
        else this.#pop();
        break;
      case 'POP_MARK':
        this.#popToMark();
        break;
      case 'DUP':
        this.push(this.top);
        break;
      case 'NONE':
        this.push(null);
        break;
      case 'NEWTRUE':
        this.push(true);
        break;
      case 'NEWFALSE':
        this.push(false);
        break;
      case 'EMPTY_TUPLE':
        this.push({ kind: 'tuple', items: [] });
        break;
      case 'TUPLE1':
        this.#pushTuple(this.#popMany(1));
        break;
      case 'TUPLE2':
        this.#pushTuple(this.#popMany(2));
        break;
      case 'TUPLE3':
        this.#pushTuple(this.#popMany(3));
        break;
      case 'TUPLE':
        this.#pushTuple(this.#popToMark());
        break;
      case 'EMPTY_LIST':
        this.push({ kind: 'list', items: [] });
        break;
      case 'LIST':
        this.push({ kind: 'list', items: this.#kept(this.#popToMark()) });
        break;
      case 'EMPTY_SET':
        this.push({ kind: 'set', items: [] });
        break;
      case 'FROZENSET':
        this.push({ kind: 'set', items: this.#kept(this.#popToMark()) });
        break;
      case 'EMPTY_DICT':
        this.push({ kind: 'dict', keys: [], values: [] });
        break;
      case 'DICT': {
        const pairs = this.#popToMark();
        this.push({ kind: 'dict', keys: [], values: [] });
        this.#set(pairs, opcode, offset);
        break;
      }
      case 'APPEND': {
        const item = this.#pop();
        this.#append([item], opcode, offset);
        break;
      }
      case 'APPENDS':
      case 'ADDITEMS':
        this.#append(this.#popToMark(), opcode, offset);
        break;
      case 'SETITEM': {
        const pair = this.#popMany(2);
        this.#set(pair, opcode, offset);
        break;
      }
      case 'SETITEMS':
        this.#set(this.#popToMark(), opcode, offset);
        break;
      case 'GET':
      case 'BINGET':
      case 'LONG_BINGET':
        this.push((typeof argument === 'number' ? this.#memo.get(argument) : undefined) ?? LOST);
        break;
      case 'PUT':
      case 'BINPUT':
      case 'LONG_BINPUT':
        if (typeof argument === 'number') this.#memoize(argument);
        break;
      case 'MEMOIZE':
        this.#memoize(this.#memoized);
        break;
      case 'STACK_GLOBAL': {
        const [module, name] = this.#popMany(2);
        this.push(
          this.#import(
            opcode,
            typeof module === 'string' ? module : undefined,
            typeof name === 'string' ? name : undefined,
            offset,
            module === LOST || name === LOST,
          ),
        );
        break;
      }
      case 'EXT1':
      case 'EXT2':
      case 'EXT4':
        this.#onEvent({ type: 'extension', code: typeof argument === 'number' ? argument : 0, opcode, offset });
        this.push(OUTSIDE);
        break;
      case 'PERSID':
        this.push({ kind: 'persistent', id: argument });
        break;
      case 'BINPERSID':
        this.push({ kind: 'persistent', id: this.#pop() });
        break;
      case 'NEXT_BUFFER':
        this.push(OUTSIDE);
        break;
      case 'REDUCE': {
        const [callee, args] = this.#popMany(2);
        this.#call(opcode, callee ?? LOST, membersOf(args), offset);
        break;
      }
      case 'NEWOBJ': {
        const [callee, args] = this.#popMany(2);
        this.#call(opcode, callee ?? LOST, membersOf(args), offset);
        break;
      }
      case 'NEWOBJ_EX': {
        const [callee, args, named] = this.#popMany(3);
        this.#call(opcode, callee ?? LOST, membersOf(args), offset, named);
        break;
      }
      case 'OBJ': {
        const [callee, ...args] = this.#popToMark();
        this.#call(opcode, callee ?? LOST, args, offset);
        break;
      }
      case 'BUILD': {
        const state = this.#pop();
        const target = this.top;
        this.#onEvent({ type: 'build', target, state, opcode, offset });
        if (isKind(target, 'object')) target.state = state;
        break;
      }
      case 'STOP':
      case 'PROTO':
      case 'FRAME':
      case 'READONLY_BUFFER':
      case 'GLOBAL':
      case 'INST':
        break;
      default:
        // Whatever has its value as its argument.
        this.push(argument);
    }
  }

  #pop(): Value {
    const fence = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= fence) return LOST;
    return this.#stack.pop() ?? null;
  }

  /** In the order in which they were pushed. */
  #popMany(count: number): Value[] {
    const values: Value[] = [];
    for (let index = 0; index < count; index += 1) values.push(this.#pop());
    return values.reverse();
  }

  #popToMark(): Value[] {
    return this.#stack.splice(this.#marks.pop() ?? 0);
  }

  #memoize(index: number): void {
    if (!this.#memo.has(index)) this.#memoized += 1;
    if (this.#memo.size < MAX_MEMO || this.#memo.has(index)) this.#memo.set(index, this.top);
  }

  #pushTuple(items: Value[]): void {
    this.push({ kind: 'tuple', items: this.#kept(items) });
  }

  #kept(items: Value[]): Value[] {
    for (let index = 0; index < items.length; index += 1) {
      if (!this.#budget.takeMember()) return items.slice(0, index);
    }
    return items;
  }

  #append(items: Value[], opcode: OpcodeName, offset: number): void {
    const target = this.top;
    if (isKind(target, 'list') || isKind(target, 'set') || isKind(target, 'object')) {
      for (const item of items) if (this.#budget.takeMember()) target.items.push(item);
    } else if (isKind(target, 'global')) {
      this.#onEvent({ type: 'change', target, opcode, offset });
    }
  }

  #set(pairs: Value[], opcode: OpcodeName, offset: number): void {
    const target = this.top;
    if (isKind(target, 'dict') || isKind(target, 'object')) {
      for (let index = 0; index + 1 < pairs.length; index += 2) {
        if (!this.#budget.takeMember()) continue;
        target.keys.push(pairs[index] ?? null);
        target.values.push(pairs[index + 1] ?? null);
      }
    } else if (isKind(target, 'global')) {
      this.#onEvent({ type: 'change', target, opcode, offset });
    }
  }

  #import(
    opcode: 'GLOBAL' | 'INST' | 'STACK_GLOBAL',
    module: string | undefined,
    name: string | undefined,
    offset: number,
    isLost = false,
  ): Value {
    this.#onEvent({ type: 'import', module, name, isLost, opcode, offset });
    if (module === undefined || name === undefined) return LOST;
    const key = `${module}\n${name}`;
    const known = this.#globals.get(key);
    if (known !== undefined) return known;
    const made: GlobalValue = { kind: 'global', module, name };
    if (this.#globals.size < MAX_KNOWN_GLOBALS) this.#globals.set(key, made);
    return made;
  }

  #call(opcode: OpcodeName, callee: Value, args: readonly Value[], offset: number, named?: Value): void {
    this.#onEvent({ type: 'call', callee, args, opcode, offset });
    const encoded = this.#encoded(callee, args, offset);
    if (encoded !== undefined) {
      this.push(encoded);
      return;
    }
    const made = isKind(callee, 'global') ? this.#make?.(callee, args) : undefined;
    if (made !== undefined) {
      this.#budget.giveBack(made.members);
      this.push({ kind: 'made', made: made.made });
      return;
    }
    if (!this.#budget.takeMember()) {
      this.push(LOST);
      return;
    }
    const object: ObjectValue = { kind: 'object', callee, args, items: [], keys: [], values: [] };
    if (isKind(named, 'dict')) object.state = named;
    this.push(object);
  }

  /** Bytes that old protocols write as text: `_codecs.encode('…', 'latin1')`. */
  #encoded(callee: Value, args: readonly Value[], offset: number): Value | undefined {
    const [text, encoding] = args;
    if (!isKind(callee, 'global') || callee.module !== '_codecs' || callee.name !== 'encode') return undefined;
    if (typeof text !== 'string' || !/^latin-?1$/.test(String(encoding)) || !this.#budget.takeText(text.length))
      return undefined;
    return { kind: 'bytes', offset, sizeBytes: text.length, inline: Buffer.from(text, 'latin1') };
  }
}

function membersOf(args: Value | undefined): readonly Value[] {
  return isKind(args, 'tuple') || isKind(args, 'list') ? args.items : [];
}
