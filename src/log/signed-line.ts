import { parsePublicKey } from './ssh/public-key.ts';
import { isSignedBy, MAX_SIGNATURE_CHARACTERS, parseSignature } from './ssh/signature.ts';

/**
 * A signed intent is its text with one more member at the end, `"signature"`, whose value is the base64 of a signature of the text
 * without it. So who knows nothing of signatures reads the same intent, and the signed bytes are there to be checked by any program.
 */
const MEMBER = Buffer.from(',"signature":"');
const END = Buffer.from('"}');
const BRACE = 0x7d;
const QUOTE = 0x22;

/** That the text of an intent was signed, and by which key it says. */
export interface Proof {
  /** `<type> <base64>` of the key that the signature names. */
  readonly key: string;
  /** The intent's line, as it was read. */
  readonly line: Uint8Array;
  /** Whether that key made the signature. Only keys that somebody trusts need to be asked: others may be made to be slow. */
  isGood(): boolean;
}

/** The text that was signed, and the signature in base64; undefined for a line that ends in any other way. */
export function splitSignedLine(
  line: Uint8Array,
): { readonly text: Uint8Array; readonly signature: string } | undefined {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length);
  const end = bytes.length - END.length;
  if (end < MEMBER.length || !bytes.subarray(end).equals(END)) return undefined;
  const start = bytes.lastIndexOf(QUOTE, end - 1) + 1;
  const before = start - MEMBER.length;
  if (before < 1 || end - start > MAX_SIGNATURE_CHARACTERS || !bytes.subarray(before, start).equals(MEMBER))
    return undefined;
  const text = new Uint8Array(before + 1);
  text.set(bytes.subarray(0, before));
  text[before] = BRACE;
  return { text, signature: bytes.toString('latin1', start, end) };
}

/** The line of an intent's text with a signature of it, in base64. */
export function joinSignedLine(text: Uint8Array, signature: string): Uint8Array {
  return Buffer.concat([text.subarray(0, -1), MEMBER, Buffer.from(signature, 'latin1'), END]);
}

/** What a line that is the JSON of an intent says about who signed it; undefined where there is no signature for this registry's use. */
export function proofOf(line: Uint8Array): Proof | undefined {
  const split = splitSignedLine(line);
  const signature = split && parseSignature(split.signature);
  if (!split || !signature) return undefined;
  let isGood: boolean | undefined;
  return {
    key: signature.key,
    line,
    isGood() {
      const parsed = parsePublicKey(signature.key);
      isGood ??= parsed.kind === 'key' && isSignedBy(parsed.key, signature, split.text);
      return isGood;
    },
  };
}
