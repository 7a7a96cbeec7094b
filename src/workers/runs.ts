import * as v from 'valibot';
import { folderOf, surroundingsAtStart } from '../lineage/surroundings.ts';
import { recordingsIn } from '../outputs/recordings.ts';
import { programOf } from '../outputs/run-commands.ts';
import { RunsGoingOn } from '../outputs/running.ts';
import { StartedRuns } from '../outputs/started-runs.ts';

const MAX_COMMAND_LENGTH = 4096;

const startedSchema = v.object({
  root: v.string(),
  id: v.string(),
  atMs: v.number(),
  line: v.string(),
  seenAs: v.picklist(['terminal', 'task', 'debug']),
  cwd: v.optional(v.string()),
  interpreter: v.optional(v.string()),
  commit: v.optional(v.string()),
});
const endedSchema = v.object({
  root: v.string(),
  id: v.string(),
  atMs: v.number(),
  exitCode: v.optional(v.pipe(v.number(), v.safeInteger())),
});

/** A command as the editor tells of its beginning: in which workspace, where exactly, how it was seen, which Python it has and what was checked out. */
export type CommandStarted = v.InferOutput<typeof startedSchema>;
export type CommandEnded = v.InferOutput<typeof endedSchema>;

/** Who runs in the workspaces of a registry, with the code and the packages at the moment in which each began. */
export function runsOf(registryDir: string) {
  const goingOn = new Map<string, RunsGoingOn>();
  const started = new StartedRuns();

  const runsIn = (root: string): RunsGoingOn => {
    const known = goingOn.get(root) ?? new RunsGoingOn(root, undefined, () => recordingsIn(registryDir, root));
    goingOn.set(root, known);
    return known;
  };

  return {
    in: runsIn,

    started(args: unknown): void {
      const { root, id, atMs, line, seenAs, cwd = root, interpreter, commit } = v.parse(startedSchema, args);
      const folder = folderOf(root, cwd);
      const start = started.begin({ command: shownLine(line), seenAs, ...folder }, () =>
        surroundingsAtStart(root, { command: programOf(line), cwd, env: process.env, interpreter, commit }),
      );
      runsIn(root).commandStarted({ id, startedAtMs: atMs, start });
    },

    ended(args: unknown): string {
      const { root, id, atMs, exitCode } = v.parse(endedSchema, args);
      runsIn(root).commandEnded(id, atMs, exitCode);
      return root;
    },
  };
}

/** As the log can have it: in one line. */
function shownLine(line: string): string {
  return line
    .trim()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .slice(0, MAX_COMMAND_LENGTH);
}
