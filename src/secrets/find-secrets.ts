import { SECRET_SHAPES } from './shapes.ts';

/** A part of a text that looks like a secret. */
export interface FoundSecret {
  readonly start: number;
  readonly end: number;
  /** What it looks like, for a person; never the secret. */
  readonly what: string;
}

/** Longer texts are looked at in windows that overlap, so that no pattern has more than this to run over. */
const WINDOW = 256 * 1024;
const OVERLAP = 16 * 1024;

/**
 * What secrets consist of: a run of 16 characters without a space, a word for one, or a URL with a name before its host. Texts without any
 * of these, as nearly all are, cost one pass of a simple pattern.
 */
const WORTH_A_LOOK =
  /[A-Za-z0-9+/_=.~%-]{16}|pass|pwd|secret|token|key|credential|bearer|basic|sig=|auth|cookie|:\/\/[^\s/]*@|private|(?<![\w-])-(?:u|p\S|a )|--(?:proxy-)?user/i;

/** What a whole text may be without a look: an id, a digest, the id of a commit, a number, a time. */
const NO_SECRET = /^(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{64}|[0-9a-f]{40}|[\d.eE+-]*|\d{4}-\d\d-\d\dT[\d:.]+Z)$/;

/** True where a text can't hold a secret; false doesn't mean that it does. */
export function isHarmless(text: string): boolean {
  return NO_SECRET.test(text) || !WORTH_A_LOOK.test(text);
}

/** What was looked at last: one request names the same text several times, and is looked at more than once. */
const seen = new Map<string, Promise<readonly FoundSecret[]>>();
const SEEN = 200;
const MAX_SEEN_LENGTH = 4096;

/** The parts of a text that look like secrets, in order and without overlap. */
export async function findSecrets(text: string): Promise<readonly FoundSecret[]> {
  if (isHarmless(text)) return [];
  if (text.length > MAX_SEEN_LENGTH) return lookFor(text);
  const known = seen.get(text);
  if (known) return known;
  const found = lookFor(text);
  seen.set(text, found);
  for (const oldest of [...seen.keys()].slice(0, -SEEN)) seen.delete(oldest);
  return found;
}

async function lookFor(text: string): Promise<readonly FoundSecret[]> {
  const { secretsByRuleSet } = await import('./rule-set.ts');
  const found: FoundSecret[] = [];
  for (let from = 0; from === 0 || from + OVERLAP < text.length; from += WINDOW - OVERLAP) {
    const part = text.slice(from, from + WINDOW);
    const inPart = [...secretsByShape(part), ...(await secretsByRuleSet(part))];
    for (const { start, end, what } of inPart) found.push({ start: start + from, end: end + from, what });
  }
  return merged(found);
}

function secretsByShape(text: string): readonly FoundSecret[] {
  return SECRET_SHAPES.flatMap(({ what, pattern }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [start, end] = match.indices?.groups?.secret ?? match.indices?.[0] ?? [0, 0];
      return isPlaceholder(text.slice(start, end)) ? [] : [{ start, end, what }];
    }),
  );
}

/** What stands where a secret is to come: `$TOKEN`, `<password>`, `****`, `None`, `os.environ[…]`. */
function isPlaceholder(secret: string): boolean {
  const plain = secret.replace(/^["']|["']$/g, '');
  return /^(\$|%\w+%$|<.*>$|\{.*\}$|\*+$|x+$|\.+$|os\.|process\.env|getenv|environ|input\(|(none|null|true|false|undefined|your.*|example|changeme|redacted|xxx.*|\d{1,5})$)/i.test(
    plain,
  );
}

function merged(found: readonly FoundSecret[]): readonly FoundSecret[] {
  const result: FoundSecret[] = [];
  for (const next of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || next.start >= last.end) result.push(next);
    else if (next.end > last.end) result[result.length - 1] = { ...last, end: next.end };
  }
  return result;
}
