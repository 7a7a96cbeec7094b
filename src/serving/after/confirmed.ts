import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { sha256Hex } from '../../base/hash.ts';
import { programsIn } from '../../gates/programs.ts';
import type { Project } from '../../project/project-schema.ts';
import { userStateDir } from '../../registry/seen-head.ts';
import { readRegular } from '../../storage/regular-file.ts';
import { replaceFile } from '../../storage/replace-file.ts';
import { isAbsent, writing } from '../../storage/system-errors.ts';

export type Answer = 'yes' | 'no';

/** What this person said about a workspace: to which hosts something may be sent, and which commands may run. */
export interface Confirmations {
  /** By origin, `https://ci.example.com`. */
  readonly hosts: Readonly<Record<string, Answer>>;
  /** Digest of the commands as they were when the person confirmed them. */
  readonly commands?: string;
}

const schema = v.object({
  hosts: v.optional(v.record(v.string(), v.picklist(['yes', 'no'])), {}),
  commands: v.exactOptional(v.string()),
});

const NOTHING: Confirmations = { hosts: {} };

/**
 * Read from outside of the workspace, so that no repository can bring its own confirmation. What can't be read is no confirmation.
 */
export async function readConfirmations(root: string, stateDir = userStateDir()): Promise<Confirmations> {
  const { file } = await placeOf(root, stateDir);
  try {
    const parsed = v.safeParse(schema, JSON.parse(await readRegular(file)));
    return parsed.success ? parsed.output : NOTHING;
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return NOTHING;
    throw error;
  }
}

export async function writeConfirmations(
  root: string,
  confirmations: Confirmations,
  stateDir = userStateDir(),
): Promise<void> {
  const { folder, file } = await placeOf(root, stateDir);
  await writing(file, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(file, JSON.stringify(confirmations), { staging: folder, mode: 0o600 });
  });
}

/**
 * Another digest when any command of the project that runs after a transition, or a script in `root` that it names, is another one.
 * Undefined where there is none.
 */
export async function commandsDigest(project: Project, root: string): Promise<string | undefined> {
  const commands = Object.entries(project.models).flatMap(([model, { after = [] }]) =>
    after.map((command) => ({ model, command })),
  );
  if (commands.length === 0) return undefined;
  const programs = await Promise.all(commands.map(({ command }) => programsIn(command.command, root)));
  return sha256Hex(JSON.stringify([commands, programs]));
}

/** The hosts that a project's webhooks name, by origin, each once. */
export function originsOf(project: Project): readonly string[] {
  return [...new Set((project.webhooks ?? []).map(({ url }) => new URL(url).origin))];
}

async function placeOf(root: string, stateDir: string) {
  const place = await realpath(root).catch(() => resolve(root));
  const folder = join(stateDir, 'after');
  return { folder, file: join(folder, `${sha256Hex(place).slice(0, 32)}.json`) };
}
