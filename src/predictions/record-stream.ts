import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { records, separatorOf } from '../runs/table.ts';

const READ_BYTES = 1024 * 1024;
/** A quote without its end would make one row of all that follows. */
const MAX_ROW_LENGTH = 1024 * 1024;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** A row of the file: what stands in it under a name, as text. */
export type RowRecord = (name: string) => string | undefined;

/** Told the names of the columns once, then each row. */
export interface RowReader {
  readonly columns: (names: readonly string[]) => void;
  readonly row: (record: RowRecord) => void;
}

/**
 * Reads a CSV or TSV file, or one with a JSON object in each line (`.jsonl`, `.ndjson`), of any size in pieces. Throws `PATH_NOT_FOUND`,
 * `PREDICTIONS_INVALID`.
 */
export async function readRows(file: string, reader: RowReader): Promise<void> {
  const isJson = /\.(?:jsonl|ndjson)$/i.test(file);
  const lines = isJson ? jsonLines(file, reader) : tableLines(file, reader);
  const decoder = new StringDecoder('utf8');
  try {
    // Reading a pipe would wait for ever.
    if (!(await stat(file)).isFile()) throw invalidPredictions(file, "isn't a file");
    for await (const bytes of createReadStream(file, { highWaterMark: READ_BYTES })) lines.add(decoder.write(bytes));
    lines.end(decoder.end());
  } catch (cause) {
    if (RegistryError.is(cause)) throw cause;
    if (systemErrorCode(cause) === 'ENOENT')
      throw new RegistryError('PATH_NOT_FOUND', `${file} doesn't exist. Check the path. Nothing was changed.`, {
        cause,
      });
    throw invalidPredictions(file, `can't be read: ${systemErrorCode(cause) ?? messageOf(cause)}`, cause);
  }
}

export function invalidPredictions(file: string, why: string, cause?: unknown): RegistryError {
  return new RegistryError('PREDICTIONS_INVALID', `${file} ${why}. Nothing was changed.`, { cause });
}

interface Lines {
  readonly add: (text: string) => void;
  readonly end: (text: string) => void;
}

/** Records of a table, as soon as they are whole. */
function tableLines(file: string, reader: RowReader): Lines {
  let rest = '';
  let isQuoted = false;
  let scanned = 0;
  let table: { readonly separator: string; readonly places: ReadonlyMap<string, number> } | undefined;
  const take = (text: string) => {
    let body = text;
    if (!table) {
      const first = text.replace(/^\uFEFF/, '');
      const line = first.slice(0, endOfLine(first));
      const separator = separatorOf(line);
      const [names = []] = records(line, separator);
      table = { separator, places: placesOf(file, names) };
      reader.columns([...table.places.keys()]);
      body = first.slice(line.length + 1);
    }
    const { separator, places } = table;
    for (const fields of records(body, separator)) {
      if (fields.length === 1 && fields[0]?.trim() === '') continue;
      reader.row((name) => {
        const place = places.get(name);
        return place === undefined ? undefined : fields[place];
      });
    }
  };
  return {
    add(text) {
      rest += text;
      let cut = 0;
      for (; scanned < rest.length; scanned += 1) {
        const code = rest.charCodeAt(scanned);
        // A quote within a quoted text is written twice, so that it opens and closes at once.
        if (code === QUOTE) isQuoted = !isQuoted;
        else if (code === LINE_FEED && !isQuoted) cut = scanned + 1;
      }
      if (cut > 0) take(rest.slice(0, cut));
      rest = rest.slice(cut);
      scanned -= cut;
      if (rest.length > MAX_ROW_LENGTH)
        throw invalidPredictions(file, 'has a row of more than a million characters: a quote may lack its end');
    },
    end(text) {
      rest += text;
      if (rest !== '') take(rest);
      if (!table) throw invalidPredictions(file, 'is empty');
    },
  };
}

function endOfLine(text: string): number {
  const end = text.indexOf('\n');
  return end === -1 ? text.length : end;
}

function placesOf(file: string, names: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [place, written] of names.entries()) {
    const name = written.trim();
    if (places.has(name) && name !== '') throw invalidPredictions(file, `has two columns ${JSON.stringify(name)}`);
    places.set(name, place);
  }
  return places;
}

/** A JSON object in each line; the columns are the names in the first. */
function jsonLines(file: string, reader: RowReader): Lines {
  let rest = '';
  let count = 0;
  const take = (line: string) => {
    if (line.trim() === '') return;
    count += 1;
    const row = objectIn(line);
    if (!row) throw invalidPredictions(file, `has no JSON object in line ${count}`);
    if (count === 1) reader.columns([...row.keys()]);
    reader.row((name) => row.get(name));
  };
  return {
    add(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line.replace(/^\uFEFF/, ''));
      if (rest.length > MAX_ROW_LENGTH) throw invalidPredictions(file, 'has a line of more than a million characters');
    },
    end(text) {
      take(rest + text);
      if (count === 0) throw invalidPredictions(file, 'is empty');
    },
  };
}

function objectIn(line: string): ReadonlyMap<string, string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(
    Object.entries(value).flatMap(([name, item]) =>
      item === null || typeof item === 'object' ? [] : [[name, String(item)]],
    ),
  );
}
