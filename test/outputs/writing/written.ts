import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Writing } from './slow-writer.ts';

const writtenSchema = v.object({ sha256: v.string(), sizeBytes: v.number(), completeAtMs: v.number() });
export type Written = v.InferOutput<typeof writtenSchema>;

/** Has a process of its own write a model, and waits until it has ended. */
export async function writeInProcess(writing: Writing): Promise<Written> {
  const script = join(import.meta.dirname, 'slow-writer.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, JSON.stringify(writing)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`The writer ended with ${child.exitCode}.`);
  return v.parse(writtenSchema, JSON.parse(text));
}
