import { readFile, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { CommandContext } from './context.ts';
import { labelOf } from './format/values.ts';
import { print, printJson, safe, safeLine } from './terminal.ts';

export interface CardOptions {
  readonly draft?: boolean;
  readonly to?: string;
  readonly set?: string;
}

/** A file that is larger is none that somebody wrote. */
const LARGEST_CARD = 1024 * 1024;

/** Prints the card of a version as the Hugging Face Hub reads it, or writes it to a file. */
export async function printCard(context: CommandContext, options: CardOptions, ref: string): Promise<void> {
  const card = await context.withQueries((registry) =>
    context.withProgress((operation) => registry.card({ ref }, operation)),
  );
  const text = options.draft ? card.draft : card.document;
  const source = options.draft ? 'draft' : card.source;
  if (options.to !== undefined) await writeFile(resolve(context.cwd, options.to), text);
  if (context.isJson) return printJson({ version: labelOf(card.version), source, text });
  if (options.to === undefined) return print(safe(text.trimEnd()));
  print(
    `Wrote ${source === 'draft' ? 'a draft of the model card' : 'the model card'} of ${labelOf(card.version)} to ${safeLine(options.to)}`,
  );
}

/** Makes the text of a file the card of a version: its description. */
export async function setCard(context: CommandContext, file: string, ref: string): Promise<void> {
  const path = resolve(context.cwd, file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile())
    throw new RegistryError(
      'PATH_NOT_FOUND',
      `There is no file ${path}. Write the card to a file first. Nothing was changed.`,
    );
  if (found.size > LARGEST_CARD)
    throw new RegistryError(
      'TEXT_TOO_LONG',
      `${path} has ${found.size} bytes, more than any card. Nothing was changed.`,
    );
  const text = await readFile(path, 'utf8');
  await context.withRegistry((registry) => registry.describe({ ref, text }));
  return context.isJson
    ? printJson({ ref, description: text.trim() })
    : print(`Set the model card of ${safeLine(ref)}`);
}
