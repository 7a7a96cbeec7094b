import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countRows, tableKind } from '../../../src/artifacts/rows/count-rows.ts';
import { delimitedRows, jsonLineRows } from '../../../src/artifacts/rows/line-rows.ts';

/** Five rows with a list and a struct in them, as pyarrow 25 writes them. */
const PARQUET = Buffer.from(
  'UEFSMRUEFVAVUEwVChUAEgAAAQAAAAAAAAACAAAAAAAAAAMAAAAAAAAABAAAAAAAAAAFAAAAAAAAABUAFRYVFiwVChUQFQYVBhwAAAACAAAACgEDA4hGABUEFSgVKEwVCBUAEgAAAQAAAGEBAAAAYgEAAABjAQAAAGQVABUiFSIsFQwVEBUGFQYcAAAAAgAAAAMIAwAAAAP3DAID5AAVBBUQFRBMFQIVABIAAAAAAAAAAPg/FQAVEhUSLBUKFRAVBhUGHAAAAAIAAAAKAgEKABUEGXw1ABgGc2NoZW1hFQYAFQQlAhgCaWQANQIYBHRhZ3MVAhUGTDwAAAA1BBgEbGlzdBUCABUMJQIYB2VsZW1lbnQlAEwcAAAANQIYAW0VAgAVCiUCGAF4ABYKGRwZPCYAHBUEGTUABhAZGAJpZBUAFgoWqAEWqAEmdCYIKSwVBBUAFQIAFQAVEBUCADwpBhkmAAoAAAAmABwVDBk1AAYQGTgEdGFncwRsaXN0B2VsZW1lbnQVABYMFowBFowBJvQBJrABKSwVBBUAFQIAFQAVEBUCADwWCBkmCgIZRgICAAgAAAAmABwVChk1AAYQGSgBbQF4FQAWChZkFmQm6AImvAIpLBUEFQAVAgAVABUQFQIAPCkGGTYAAAoAAAAWmAMWCiYIFpgDACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNS4wLjEZPBwAABwAABwAAABXAQAAUEFSMQ==',
  'base64',
);

async function rowsOf(name: string, content: string | Uint8Array): Promise<number | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-rows-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  await writeFile(file, content);
  const sizeBytes = (await stat(file)).size;
  const kind = tableKind(name, sizeBytes);
  return kind && countRows({ file, kind, sizeBytes });
}

describe('the rows of a table', () => {
  it('of CSV are its lines without the one of names and blank ones, also without a line feed at the end', async () => {
    expect(await rowsOf('train.csv', 'a,b\n1,2\n\n3,4\n')).toBe(2);
    expect(await rowsOf('train.csv', 'a,b\r\n1,2\r\n3,4')).toBe(2);
    expect(await rowsOf('train.tsv', '')).toBe(0);
    expect(await rowsOf('train.csv', 'a,b\n')).toBe(0);
  });

  it('may have line feeds within quotes', async () => {
    expect(await rowsOf('notes.csv', 'id,text\n1,"two\nlines, and ""a quote""\n"\n2,x\n')).toBe(2);
  });

  it('of JSON Lines are the lines that aren’t blank', async () => {
    expect(await rowsOf('train.jsonl', '{"a":"\\""}\n \n{"a":2}\n')).toBe(2);
  });

  it('of Parquet are in its footer', async () => {
    expect(await rowsOf('train.parquet', PARQUET)).toBe(5);
  });

  it('aren’t known of other files, and of those that aren’t what they are called', async () => {
    expect(await rowsOf('train.bin', 'a\nb\n')).toBeUndefined();
    expect(await rowsOf('train.parquet', 'PAR1 and no more')).toBeUndefined();
    expect(
      await rowsOf(
        'train.parquet',
        Buffer.concat([PARQUET.subarray(0, 300), Buffer.from([255, 0, 0, 0]), Buffer.from('PAR1')]),
      ),
    ).toBeUndefined();
  });

  it('are the same however the bytes come', () => {
    const line = fc.oneof(fc.constant('1,2'), fc.constant('"a\nb",c'), fc.constant(''), fc.constant('"x""y"'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
        const bytes = Buffer.from(`names\n${lines.join('\n')}`);
        const counter = delimitedRows();
        let from = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
          counter.add(bytes.subarray(from, Math.max(from, cut)));
          from = Math.max(from, cut);
        }
        expect(counter.rows()).toBe(lines.filter((text) => text !== '').length);
      }),
    );
  });

  it('never fail on a footer of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), async (footer) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(footer.length);
        const rows = await rowsOf(
          'x.parquet',
          Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]),
        );
        expect(rows === undefined || (Number.isSafeInteger(rows) && rows >= 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('of JSON Lines are counted without regard to quotes', () => {
    const counter = jsonLineRows();
    counter.add(Buffer.from('"\n"\n'));
    expect(counter.rows()).toBe(2);
  });
});
