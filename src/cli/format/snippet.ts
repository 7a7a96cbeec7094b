import type { LoadSnippet } from '../../modelfiles/loading/load-snippet.ts';
import { safe, styled } from '../terminal.ts';
import { indented } from './sections.ts';

/** How to get and load a version, to be copied from the terminal. */
export function snippetText({ loader, commandLine, python, notes }: LoadSnippet): string {
  return [
    styled('bold', 'Command line'),
    safe(commandLine),
    '',
    styled('bold', loader === undefined ? 'Python' : `Python, ${safe(loader)}`),
    safe(python),
    ...notes.flatMap((note) => ['', indented(note).trimStart()]),
  ].join('\n');
}
