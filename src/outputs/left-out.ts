import { messageOf, RegistryError } from '../base/errors.ts';
import type { MissingFact } from '../catalog/read-models/lineage.ts';
import type { OnLeftOut } from '../runs/values-file.ts';

/** Something of a run that its version doesn't have: as it is told, and as the version tells it. */
export interface LeftOut {
  readonly problem: unknown;
  readonly fact: MissingFact;
}

/** What couldn't be read. The error's message may name places on this machine, which are nothing for the log. */
export function unread(what: string, problem: unknown): LeftOut {
  const code = RegistryError.is(problem) ? problem.code : 'unexpected';
  return { problem, fact: { what, why: WHY[code] ?? `it could not be read (${code})` } };
}

const WHY: Readonly<Record<string, string>> = {
  PATH_OUTSIDE_WORKSPACE: 'it leads out of the workspace, so that it was not read (PATH_OUTSIDE_WORKSPACE)',
  ARTIFACT_LINK_LOOP: 'it is a link that leads back to itself (ARTIFACT_LINK_LOOP)',
  PATH_UNREADABLE: 'it is no file or folder that can be read (PATH_UNREADABLE)',
};

/** A part of what `what` holds, for example some of the values in a file. */
export function unrecorded(what: string, file: string, whys: readonly string[]): LeftOut {
  const shown = whys.slice(0, MAX_SHOWN).join('; ');
  const why = whys.length > MAX_SHOWN ? `${shown}; and ${whys.length - MAX_SHOWN} more` : shown;
  return {
    problem: new RegistryError('VALUES_FILE_INVALID', `${file} ${why}. Write it without that. Nothing was changed.`),
    fact: { what, why: `it ${why}` },
  };
}

const MAX_SHOWN = 3;

/** The same problem where the rest was recorded all the same. */
export function toldOf(problem: unknown, model: string): RegistryError {
  const message = messageOf(problem).replace(/\s*Nothing was changed\.$/, '');
  const code = RegistryError.is(problem) ? problem.code : 'NOT_RECORDED';
  const end = /[.!?]$/.test(message) ? '' : '.';
  return new RegistryError(
    code,
    `${message}${end} The version of ${model} is registered without it, and lists it under what isn't known.`,
    { details: { isLeftOut: true }, cause: problem },
  );
}

/** Reads each of `files` by itself: one that can't be read, or a part of it, is left out. */
export async function readEach<T>(
  what: string,
  files: readonly { readonly file: string; readonly path: string }[],
  read: (file: string, onLeftOut: OnLeftOut) => Promise<Readonly<Record<string, T>>>,
): Promise<{ readonly values: Readonly<Record<string, T>>; readonly leftOut: readonly LeftOut[] }> {
  const leftOut: LeftOut[] = [];
  const records = await Promise.all(
    files.map(async ({ file, path }) => {
      const name = `${what}[${path}]`;
      const whys: string[] = [];
      try {
        const record = await read(file, (why) => whys.push(why));
        if (whys.length > 0) leftOut.push(unrecorded(name, file, whys));
        return record;
      } catch (error) {
        leftOut.push(unread(name, error));
        return {};
      }
    }),
  );
  return { values: Object.fromEntries(records.flatMap((record) => Object.entries(record))), leftOut };
}
