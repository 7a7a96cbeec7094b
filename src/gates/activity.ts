import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import type { Verdict } from './verdict.ts';

/**
 * What happens while gates run, for whoever shows it as it comes. `gate` is what the log calls the gate, `label` the command that runs, in
 * short.
 */
export type GateActivity =
  | { readonly kind: 'started'; readonly gate: string; readonly label: string }
  /** A line that its command printed, without colours and what moves a cursor. */
  | { readonly kind: 'line'; readonly gate: string; readonly label: string; readonly text: string }
  | {
      readonly kind: 'ended';
      readonly gate: string;
      readonly label: string;
      readonly outcome: Verdict['outcome'];
      readonly measured: string;
      readonly why?: string;
    };

/** A program may print without end: so much of it is shown. */
const MAX_LINES = 10_000;
const MAX_LINE_LENGTH = 4000;

/** Makes lines of what a program prints, in whatever pieces it comes. Long lines are cut, and after many the rest is left out. */
export function lineSplitter(onLine: (text: string) => void): {
  readonly add: (bytes: Uint8Array) => void;
  readonly end: () => void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let count = 0;
  const tell = (line: string) => {
    count += 1;
    if (count > MAX_LINES + 1) return;
    if (count > MAX_LINES) onLine('… the rest of what it prints is left out');
    else onLine(shown(line));
  };
  return {
    add(bytes) {
      if (count > MAX_LINES) return;
      const lines = (rest + decoder.write(Buffer.from(bytes))).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) tell(line);
      if (rest.length <= MAX_LINE_LENGTH) return;
      tell(rest);
      rest = '';
    },
    end() {
      rest += decoder.end();
      if (rest !== '') tell(rest);
      rest = '';
    },
  };
}

function shown(line: string): string {
  // Of a line that was written over, as progress bars do, the last state.
  const last = stripVTControlCharacters(line.slice(line.lastIndexOf('\r') + 1));
  return last.length > MAX_LINE_LENGTH ? `${last.slice(0, MAX_LINE_LENGTH)}…` : last;
}
