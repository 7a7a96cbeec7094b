/** What a ModelCheckpoint callback of Lightning says in a checkpoint about the others. */
export interface CheckpointChoice {
  /** The file name of the best one so far. */
  readonly bestName?: string;
  readonly monitor?: string;
}

const CALLBACK = /ModelCheckpoint\{'monitor': (?:None|'([^'\\]{1,256})'|"([^"\\]{1,256})")/;
const BEST = 'best_model_path';
/** Opcodes of pickle (Lib/pickletools.py): strings, and those that put what was read into the memo. */
const BINUNICODE = 0x58;
const SHORT_BINUNICODE = 0x8c;
const BINPUT = 0x71;
const LONG_BINPUT = 0x72;
const MEMOIZE = 0x94;

/**
 * Reads it from the beginning of a `.ckpt` file, a zip whose first and uncompressed member is a pickle. The pickle isn't executed or even
 * followed: the state of the callback is a dictionary of names and strings, which stand in it one after the other.
 */
export function checkpointChoice(head: Uint8Array): CheckpointChoice {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const callback = CALLBACK.exec(bytes.toString('latin1'));
  const monitor = callback?.[1] ?? callback?.[2];
  const best = stringAfter(bytes, BEST);
  const bestName = best?.split(/[\\/]/).at(-1);
  return { ...(bestName ? { bestName } : {}), ...(monitor === undefined ? {} : { monitor }) };
}

/** The string that follows a name, the memo's opcodes aside. */
function stringAfter(bytes: Buffer, name: string): string | undefined {
  for (let at = bytes.indexOf(name, 0, 'latin1'); at !== -1; at = bytes.indexOf(name, at + 1, 'latin1')) {
    let next = at + name.length;
    if (bytes[next] === BINPUT) next += 2;
    else if (bytes[next] === LONG_BINPUT) next += 5;
    else if (bytes[next] === MEMOIZE) next += 1;
    if (bytes[next] === BINUNICODE && next + 5 <= bytes.length) {
      const length = bytes.readUInt32LE(next + 1);
      if (length < 4096) return bytes.toString('utf8', next + 5, next + 5 + length);
    }
    if (bytes[next] === SHORT_BINUNICODE) {
      const length = bytes[next + 1] ?? 0;
      return bytes.toString('utf8', next + 2, next + 2 + length);
    }
  }
  return undefined;
}
