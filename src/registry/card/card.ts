import { cardAmong, isCard, splitCard } from '../../base/card-text.ts';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { CardAnswer, CardFile } from '../api/card.ts';
import { gateStanding } from '../commands/gates.ts';
import { facts } from '../facts/version-facts.ts';
import { show } from '../queries/listing.ts';
import { fileBytes } from '../queries/version-files.ts';
import type { Session } from '../session.ts';
import { versionSnippet } from '../version-snippet.ts';
import { cardMetadata } from './card-metadata.ts';
import { draftCard } from './draft-card.ts';

/** More of a card is nothing that a person reads on a page. */
const MOST_CHARACTERS = 64 * 1024;

/** See `RegistryQueries.card`. */
export async function card(
  session: Session,
  request: { readonly ref: string },
  options: OperationOptions = {},
): Promise<CardAnswer> {
  const version = await show(session, request);
  const [known, file] = await Promise.all([
    facts(session, { ref: version.id }, options).catch(withoutFiles),
    readmeOf(session, version),
  ]);
  const gates = QUIET.has(version.stage)
    ? undefined
    : (await gateStanding(session, { ref: version.id, stage: version.stage })).results;
  const subject = { version, facts: known?.facts, snippet: versionSnippet(version, { facts: known?.facts }), gates };
  const draft = draftCard(subject);
  return {
    version,
    draft,
    ...documentOf(version, { draft, file, metadata: cardMetadata(version, known?.facts) }),
    ...(file ? { file } : {}),
  };
}

/** What an export has: what people wrote, with metadata before it where they wrote none; else the card among the files; else the draft. */
function documentOf(
  { description }: VersionDetails,
  { draft, file, metadata }: { readonly draft: string; readonly file: CardFile | undefined; readonly metadata: string },
): Pick<CardAnswer, 'document' | 'source'> {
  if (isCard(description)) {
    const isWhole = splitCard(description).metadata !== undefined || metadata === '';
    return {
      source: 'description',
      document: isWhole ? `${description}\n` : `---\n${metadata}\n---\n\n${description}\n`,
    };
  }
  if (file && 'text' in file && !file.isCut) return { source: 'file', document: file.text };
  return { source: 'draft', document: draft };
}

/** Stages for which no gates are evaluated. */
const QUIET: ReadonlySet<string> = new Set(['candidate', 'archived']);

/** A card can be drafted without what the files say, which may be far away. */
function withoutFiles(error: unknown): undefined {
  if (!RegistryError.is(error)) throw error;
  return undefined;
}

/** The card that stands among the files of a version, as in a folder of the Hugging Face Hub. */
async function readmeOf(session: Session, version: VersionDetails): Promise<CardFile | undefined> {
  const path = cardAmong(version.files ?? []);
  if (path === undefined) return undefined;
  try {
    const text = new TextDecoder().decode(await fileBytes(session, { ref: version.id, path }));
    return { path, text: text.slice(0, MOST_CHARACTERS), isCut: text.length > MOST_CHARACTERS };
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    return { path, problem: error.message };
  }
}
