import { beginningOf } from './short-name.ts';

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** A model card in its two parts: the metadata that it may begin with, as YAML, and what is for people. */
export interface CardText {
  readonly metadata?: string;
  readonly body: string;
}

export function splitCard(text: string): CardText {
  const found = FRONT_MATTER.exec(text);
  if (!found) return { body: text };
  return { metadata: found[1] ?? '', body: text.slice(found[0].length).replace(/^\s*\n/, '') };
}

const LONGEST_LEAD = 300;

/** The first words of a card: its first paragraph that is none of a title, code, a table or a picture, on one line. */
export function leadOf(text: string): string {
  const blocks = withoutCode(splitCard(text).body).split(/\r?\n[ \t]*\r?\n/);
  const words = blocks
    .map((block) => block.replace(/^(\s*#{1,6}[^\n]*\n)+/, '').trim())
    .find((block) => block !== '' && !/^([#|>!`<-]|\*\s|={3,}|_To be written)/.test(block));
  const line = withoutMarks((words ?? '').replace(/\s+/g, ' '));
  return beginningOf(line, LONGEST_LEAD);
}

/** Fenced code has paragraphs that say nothing of what it is for. */
function withoutCode(text: string): string {
  let fence: string | undefined;
  const lines = text.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    const isInside = fence !== undefined;
    if (!isInside) fence = mark;
    else if (mark?.startsWith(fence ?? '')) fence = undefined;
    return isInside || mark !== undefined ? '' : line;
  });
  return lines.join('\n');
}

/** Words as they are read: of links their text, and no marks around what is emphasised. */
function withoutMarks(line: string): string {
  return line
    .slice(0, 4 * LONGEST_LEAD)
    .replace(/!?\[([^\][]{0,300})\]\([^\s()]{0,300}\)/g, '$1')
    .replace(/(\*\*|__|`|\*)(?=\S)([^*_`]{1,300}?)(?<=\S)\1/g, '$2')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Whether a description is no more than its lead: words of somebody who wrote no card. */
function isOnlyLead(text: string): boolean {
  return text.trim().replace(/\s+/g, ' ') === leadOf(text);
}

/** Whether somebody wrote a card: a sentence that says what a version is for is none yet. */
export function isCard(description: string): boolean {
  return description.trim() !== '' && !isOnlyLead(description);
}

const CARD_NAMES: ReadonlySet<string> = new Set(['readme.md', 'model_card.md', 'modelcard.md']);
/** A README that is larger isn't read at all. */
const LARGEST_CARD = 1024 * 1024;

/** The card among the files of a version, as in a folder of the Hugging Face Hub: the one that is nearest to the root. */
export function cardAmong(files: readonly { readonly path: string; readonly sizeBytes: number }[]): string | undefined {
  return files
    .filter(({ path, sizeBytes }) => {
      const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
      return CARD_NAMES.has(name) && sizeBytes <= LARGEST_CARD;
    })
    .map(({ path }) => path)
    .sort((a, b) => a.split('/').length - b.split('/').length || a.length - b.length)[0];
}
