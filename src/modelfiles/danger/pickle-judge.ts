import type { DangerFinding } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import type { PickleEvent } from '../pickle/events.ts';
import { type BytesValue, isKind, type Value } from '../pickle/values.ts';
import { walkPickles } from '../pickle/walk.ts';
import { bytesSource } from '../read/window.ts';
import { type Judgement, judgeImport } from './judge-import.ts';

const MAX_FINDINGS = 2_000;
const MAX_NESTED = 200;
const MAX_NESTED_DEPTH = 4;

/** Where a pickle is: in a file, or in a member of the archive that the file is. */
export interface PicklePlace {
  readonly path: string;
  readonly member?: string;
}

/** Judges what the walk of a pickle tells: one finding for each import and each oddity, at its first place. */
export class PickleJudge {
  readonly #place: PicklePlace;
  readonly #findings = new Map<string, DangerFinding>();
  readonly #nested: { readonly bytes: BytesValue; readonly isLoaded: boolean }[] = [];
  /** Uses of what is dangerous or not by its arguments. */
  readonly #reflective = new Map<string, { readonly event: PickleEvent; isHarmless: boolean; calls: number }>();
  #isCut = false;

  constructor(place: PicklePlace) {
    this.#place = place;
  }

  readonly see = (event: PickleEvent): void => {
    switch (event.type) {
      case 'import':
        this.#seeImport(event);
        break;
      case 'extension':
        this.#add(event, `extension ${event.code}`, {
          verdict: 'unknown',
          why: 'is an import by number: what it stands for is up to the program that loads the file',
        });
        break;
      case 'call':
        this.#seeCall(event.callee, event.args, event);
        break;
      case 'build':
        if (isKind(event.target, 'global')) this.#seeChange(event.target, event);
        break;
      case 'change':
        this.#seeChange(event.target, event);
        break;
      case 'torn-frame':
        this.#add(event, 'torn frame', {
          verdict: 'dangerous',
          why: 'reaches over the end of its frame: programs disagree on what follows, and no pickler writes it',
        });
    }
  };

  /** Walks the pickles that stand in bytes within the walked one. */
  async lookInside(source: ByteSource, depth = 0): Promise<void> {
    if (depth >= MAX_NESTED_DEPTH) return;
    for (const { bytes, isLoaded } of this.#nested.splice(0)) {
      const inner = bytes.inline;
      if (!isLoaded && !isPickle(inner ?? (await source.read(bytes.offset, 2)))) continue;
      const [walked, start, end] =
        inner === undefined
          ? [source, bytes.offset, bytes.offset + bytes.sizeBytes]
          : [bytesSource(inner), 0, inner.length];
      const judge = new PickleJudge(this.#place);
      await walkPickles(walked, { start, end, maxPickles: 20, onEvent: judge.see });
      await judge.lookInside(walked, depth + 1);
      for (const finding of judge.findings()) {
        if (finding.verdict === 'known') continue;
        this.#keep({
          ...finding,
          why: finding.why.startsWith('in a pickle within')
            ? finding.why
            : `in a pickle within the pickle: ${finding.why}`,
          ...(inner === undefined ? {} : { offset: bytes.offset }),
        });
      }
    }
  }

  /** The worst first. */
  findings(): readonly DangerFinding[] {
    for (const [what, { event, isHarmless, calls }] of this.#reflective) {
      const judgement: Judgement =
        isHarmless && calls > 0
          ? { verdict: 'unknown', why: 'takes members of enumerations by their names; nothing else is taken here' }
          : judgeImport('builtins', 'getattr');
      this.#add(event, what, judgement);
    }
    if (this.#isCut)
      this.#findings.set('', {
        ...this.#place,
        verdict: 'unknown',
        what: 'more imports',
        why: `has more than ${MAX_FINDINGS} different imports, of which the rest isn’t listed`,
      });
    const order = ['dangerous', 'unknown', 'known'];
    return [...this.#findings.values()].sort(
      (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || (a.offset ?? 0) - (b.offset ?? 0),
    );
  }

  #seeImport(event: Extract<PickleEvent, { type: 'import' }>): void {
    const { module, name } = event;
    if (module === undefined || name === undefined) {
      this.#add(event, `${module ?? '…'}.${name ?? '…'}`, {
        verdict: event.isLost ? 'unknown' : 'dangerous',
        why: event.isLost
          ? 'is an import whose name couldn’t be followed'
          : 'is an import whose name is put together while the file is loaded, which no pickler writes',
      });
      return;
    }
    const what = nameOf({ module, name });
    if (/^(builtins|__builtin__|__builtins__)\.getattr$/.test(what)) {
      if (!this.#reflective.has(what)) this.#reflective.set(what, { event, isHarmless: true, calls: 0 });
      return;
    }
    if (what === 'torch.storage._load_from_bytes') {
      this.#add(event, what, { verdict: 'unknown', why: 'loads a file of PyTorch from bytes within the pickle' });
      return;
    }
    this.#add(event, what, judgeImport(module, name));
  }

  #seeCall(callee: Value, args: readonly Value[], event: PickleEvent): void {
    for (const argument of args) {
      this.#noteBytes(argument, callee);
      // Whoever gets it may take anything with it.
      const given = isKind(argument, 'global') ? this.#reflective.get(nameOf(argument)) : undefined;
      if (given !== undefined) given.isHarmless = false;
    }
    if (isKind(callee, 'global')) {
      const use = this.#reflective.get(nameOf(callee));
      if (use === undefined) return;
      use.calls += 1;
      if (!takesMember(args)) use.isHarmless = false;
      return;
    }
    if (isKind(callee, 'object') || isKind(callee, 'unknown')) {
      this.#add(event, 'call of a result', {
        verdict: 'unknown',
        why: 'calls what another call returned, so that it isn’t known what is called',
      });
    }
  }

  #seeChange(target: { readonly module: string; readonly name: string }, event: PickleEvent): void {
    this.#add(event, `change of ${target.module}.${target.name}`, {
      verdict: 'dangerous',
      why: 'changes something that was imported, for the whole program that loads the file',
    });
  }

  /** Bytes that may be a pickle, or that are used as one. */
  #noteBytes(value: Value, callee: Value): void {
    if (!isKind(value, 'bytes') || value.sizeBytes < 2) return;
    const isLoaded = isKind(callee, 'global') && /load|BytesIO/.test(callee.name);
    if (this.#nested.length < (isLoaded ? 2 * MAX_NESTED : MAX_NESTED)) this.#nested.push({ bytes: value, isLoaded });
  }

  #add(event: PickleEvent, what: string, { verdict, why }: Judgement): void {
    this.#keep({ ...this.#place, verdict, what: what.slice(0, 300), why, offset: event.offset, opcode: event.opcode });
  }

  #keep(finding: DangerFinding): void {
    const key = `${finding.verdict} ${finding.what}`;
    if (this.#findings.has(key)) return;
    // Room for what is dangerous is never taken by what isn't.
    if (this.#findings.size >= MAX_FINDINGS && finding.verdict !== 'dangerous') this.#isCut = true;
    else if (this.#findings.size < 2 * MAX_FINDINGS) this.#findings.set(key, finding);
  }
}

function nameOf({ module, name }: { readonly module: string; readonly name: string }): string {
  return `${module.trim()}.${name.trim()}`;
}

/** The opcode `PROTO` with a protocol that there is. */
function isPickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && (head[1] ?? 255) <= 5;
}

/** `getattr(SomeEnum, 'MEMBER')`, as Python 3.11 and later pickle members of enumerations. */
function takesMember(args: readonly Value[]): boolean {
  const [target, name, ...more] = args;
  return (
    more.length === 0 &&
    isKind(target, 'global') &&
    /^_?[A-Z]\w*$/.test(target.name) &&
    judgeImport(target.module, target.name).verdict !== 'dangerous' &&
    typeof name === 'string' &&
    /^[A-Z][A-Z0-9_]*$/.test(name)
  );
}
