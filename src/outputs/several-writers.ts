import { createHash } from 'node:crypto';
import type { MissingFact } from '../catalog/read-models/lineage.ts';
import { withoutSecrets } from '../secrets/remove-secrets.ts';
import type { CaptureProviders } from './capture.ts';
import type { SeenCommand, Writer } from './running.ts';
import type { StartSurroundings } from './started-runs.ts';

/** So many commands are named, with so much of each. */
const MAX_NAMED = 4;
const MAX_LINE = 160;

/** What is read around outputs: as it was when their command began, or the likeliest, and then with what isn't known of it. */
export async function providersAt<Known extends CaptureProviders>(
  providers: Known,
  writer: Writer | undefined,
): Promise<Known> {
  const atStart = await writer?.command.start?.surroundings();
  const known = { ...providers, ...atStart };
  return !writer || writer.isKnown ? known : { ...known, notKnown: await unknownOf(writer, atStart) };
}

/** What isn't known where several commands can have written the outputs. */
async function unknownOf(
  { command, others }: Writer,
  atStart: StartSurroundings | undefined,
): Promise<readonly MissingFact[]> {
  const lines = await Promise.all([command, ...others].slice(0, MAX_NAMED).map(shownLine));
  const count = others.length + 1;
  const more = count - lines.length;
  const named = [...lines, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  const run = {
    what: 'run',
    why: `${count} commands ran when the outputs were written, and it isn't known which of them wrote them: ${named}`,
  };
  if (!atStart) return [run];
  const theirs = await Promise.all(others.map(({ start }) => start?.surroundings()));
  const isSame = async (stateOf: (at: StartSurroundings) => Promise<string>) => {
    const own = await stateOf(atStart);
    const states = await Promise.all(theirs.map((at) => at && stateOf(at)));
    return states.every((state) => state === own);
  };
  const [line = ''] = lines;
  return [
    run,
    ...((await isSame(codeState))
      ? []
      : [
          {
            what: 'code',
            why: `the commands that can have written the outputs didn't begin with the same code, as far as that is known; this is the code of: ${line}`,
          },
        ]),
    ...((await isSame(packagesState))
      ? []
      : [
          {
            what: 'dependencies',
            why: `the commands that can have written the outputs didn't begin with the same packages, as far as that is known; these are those of: ${line}`,
          },
        ]),
  ];
}

async function codeState({ code, uncommitted }: StartSurroundings): Promise<string> {
  const [{ commit, isDirty, submodules } = {}, changes] = await Promise.all([code(), uncommitted?.()]);
  const patch = createHash('sha256')
    .update(changes?.patch ?? '')
    .digest('hex');
  const { leftOutCount, untrackedCount } = changes ?? {};
  return JSON.stringify([commit, isDirty, submodules, patch, leftOutCount, untrackedCount]);
}

async function packagesState({ environment }: StartSurroundings): Promise<string> {
  return JSON.stringify(await environment());
}

async function shownLine({ start }: SeenCommand): Promise<string> {
  const { command, seenAs } = start?.run ?? {};
  if (command === undefined) return seenAs === 'notebook' ? 'a notebook' : 'model-registry run';
  // Of a secret that was cut, nobody would know that it is one.
  const line = await withoutSecrets(command);
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
