import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sha256Hex } from '../base/hash.ts';
import { isInside } from '../base/inside.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import { splitCommand } from '../project/split-command.ts';
import { openRegular } from '../storage/regular-file.ts';

/** A file of the project that a command names. */
export interface NamedProgram {
  /** As the command names it. */
  readonly path: string;
  readonly sha256: string;
}

/** Scripts are small; what is larger is data. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 20;

/** The files in `root` that the command of a gate names, `validate.py`: when one of them changes, what it found doesn't count any more. */
export function programsOf(gate: DeclaredGate, root: string): Promise<readonly NamedProgram[]> {
  return programsIn(gate.command ?? gate.benchmark ?? [], root);
}

/** The files in `root` that a command names, with their digests as they are now. */
export async function programsIn(command: string | readonly string[], root: string): Promise<readonly NamedProgram[]> {
  const words = typeof command === 'string' ? splitCommand(command) : command;
  const real = await realpath(root);
  const found: NamedProgram[] = [];
  for (const path of new Set(words)) {
    const sha256 = await digestInside(real, path);
    if (sha256 !== undefined && found.length < MAX_FILES) found.push({ path, sha256 });
  }
  return found;
}

async function digestInside(root: string, path: string): Promise<string | undefined> {
  try {
    const file = await realpath(resolve(root, path));
    if (!isInside(root, file)) return undefined;
    const handle = await openRegular(file);
    try {
      return (await handle.stat()).size <= MAX_BYTES ? sha256Hex(await handle.readFile()) : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    // The word names no file.
    return undefined;
  }
}
