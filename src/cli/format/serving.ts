import type { ServingMachine } from '../../registry/api/serving.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { timeText } from './values.ts';

/** Which version each machine serves, and which it should. */
export function servingText(machines: readonly ServingMachine[]): string {
  if (machines.length === 0)
    return 'No machine has reported what it serves: model-registry follow REF --to DIR --report';
  const rows = machines.map((machine) => [
    safeLine(machine.machine, 40),
    safeLine(machine.ref, 60),
    servedText(machine),
    machine.since === undefined ? '' : timeText(machine.since),
    timeText(machine.heardAt),
    stateText(machine),
  ]);
  return tableText(['MACHINE', 'FOLLOWS', 'SERVES', 'SINCE', 'HEARD FROM', ''], rows);
}

/** `2 machines serve it: a, b` for a version's page. */
export function servingLine(machines: readonly ServingMachine[], versionId: string): string | undefined {
  const here = machines.filter(({ version, state }) => version?.id === versionId && state !== 'stopped');
  if (here.length === 0) return undefined;
  const names = here
    .slice(0, 5)
    .map(({ machine, state, isDrift }) => {
      const notes = [
        ...(state === 'silent' ? ['not heard from lately'] : []),
        ...(isDrift ? ['should serve another'] : []),
      ];
      return safeLine(notes.length === 0 ? machine : `${machine} (${notes.join(', ')})`, 80);
    })
    .join(', ');
  return here.length > 5 ? `${names} and ${here.length - 5} more` : names;
}

function servedText({ version, artifact, isDrift }: ServingMachine): string {
  if (!version) return styled('red', 'nothing');
  const text = version.number === undefined ? (artifact ?? '').slice(0, 12) : String(version.number);
  return isDrift ? styled('yellow', text) : text;
}

function stateText({ state, isDrift, wanted, refused }: ServingMachine): string {
  const notes: string[] = [];
  if (state === 'stopped') notes.push(styled('dim', 'follows no more'));
  if (state === 'silent') notes.push(styled('yellow', 'not heard from since'));
  if (isDrift && state !== 'stopped') notes.push(styled('yellow', `should serve ${wanted?.number}`));
  if (refused)
    notes.push(styled('red', `went back from ${refused.number ?? refused.id}: ${safeLine(refused.why, 200)}`));
  return notes.join('; ');
}
