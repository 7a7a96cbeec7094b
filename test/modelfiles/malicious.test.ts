import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { inspectModel } from '../../src/modelfiles/inspect.ts';
import { localFileSet } from '../../src/modelfiles/local-files.ts';

const FOLDER = join(import.meta.dirname, 'malicious');
const indexSchema = v.array(
  v.object({ file: v.string(), kind: v.string(), verdict: v.picklist(['dangerous', 'unknown']) }),
);

/** Made by make-fixtures/malicious.py, after what picklescan and fickling publish; harmless, and never loaded. */
const samples = v.parse(indexSchema, JSON.parse(await readFile(join(FOLDER, 'index.json'), 'utf8')));

describe('files that would run code are found out', () => {
  it.each(samples)('$file: $kind', async ({ file, verdict }) => {
    const { facts } = await inspectModel(await localFileSet(join(FOLDER, file)));
    expect(facts?.danger?.verdict).toBe(verdict);
    const [worst] = facts?.danger?.findings ?? [];
    expect(worst).toMatchObject({ verdict, path: file });
    expect(worst?.why).not.toBe('');
  });
});
