import * as v from 'valibot';
import { notebookOf, openNotebook } from '../lineage/notebook.ts';
import type { SeenEnvironment, Unseen } from '../lineage/shell-environment.ts';
import { folderOf, type PythonHints, surroundingsAtStart } from '../lineage/surroundings.ts';
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
  seenAs: v.picklist(['terminal', 'task', 'debug', 'notebook']),
  cwd: v.optional(v.string()),
  interpreter: v.optional(v.string()),
  commit: v.optional(v.string()),
  shell: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(2))),
  notBeforeMs: v.optional(v.number()),
});
const programSeenSchema = v.object({
  root: v.string(),
  id: v.string(),
  environment: v.union([v.record(v.string(), v.string()), v.picklist(['ended', 'system', 'hidden'])]),
});
const notebookSchema = v.object({
  file: v.string(),
  isSaved: v.boolean(),
  cells: v.array(v.object({ order: v.number(), text: v.string() })),
});
const endedSchema = v.object({
  root: v.string(),
  id: v.string(),
  atMs: v.number(),
  exitCode: v.optional(v.pipe(v.number(), v.safeInteger())),
  notebook: v.optional(notebookSchema),
});

/** A command as the editor tells of its beginning: in which workspace, where exactly, how it was seen, which Python it has, what was checked out, the process of its shell, and since when nothing else can have run. */
export type CommandStarted = v.InferOutput<typeof startedSchema>;
/** What the environment of a command's program in a terminal tells of its Python, or why it isn't known. */
export type ProgramSeen = v.InferOutput<typeof programSeenSchema>;
/** A notebook with the cells that were executed in it. */
export type ExecutedNotebook = v.InferOutput<typeof notebookSchema>;
export type CommandEnded = v.InferOutput<typeof endedSchema>;

/** Who runs in the workspaces of a registry, with the code and the packages at the moment in which each began. */
export function runsOf(registryDir: string) {
  const goingOn = new Map<string, RunsGoingOn>();
  const started = new StartedRuns();
  /** Who waits for the environments of programs in terminals. */
  const looks = new Map<string, (environment: SeenEnvironment | Unseen) => void>();
  /** Commands that go on and name a notebook. */
  const executing = new Map<string, { readonly words: readonly string[]; readonly cwd: string }>();

  const runsIn = (root: string): RunsGoingOn => {
    const known = goingOn.get(root) ?? new RunsGoingOn(root, undefined, () => recordingsIn(registryDir, root));
    goingOn.set(root, known);
    return known;
  };

  return {
    in: runsIn,

    started(args: unknown): void {
      const seen = v.parse(startedSchema, args);
      const { root, id, atMs, line, seenAs, cwd = root, commit, shell, notBeforeMs } = seen;
      const folder = seenAs === 'notebook' ? {} : folderOf(root, cwd);
      if (/\.ipynb\b/i.test(line) && seenAs !== 'notebook') executing.set(id, { words: programOf(line), cwd });
      // A notebook has no command; what ran of it is told at its end.
      const command = seenAs === 'notebook' ? {} : { command: shownLine(line) };
      const python =
        seenAs === 'terminal'
          ? new Promise<SeenEnvironment | Unseen>((resolve) => looks.set(keyOf(seen), resolve)).then((program) =>
              pythonOf(program, seen.interpreter),
            )
          : { env: process.env, interpreter: seen.interpreter };
      const start = started.begin({ ...command, seenAs, ...folder }, () =>
        surroundingsAtStart(root, { command: programOf(line), cwd, commit, python }),
      );
      runsIn(root).commandStarted({ id, startedAtMs: atMs, start, shell, notBeforeMs, cwd });
    },

    programSeen(args: unknown): void {
      const seen = v.parse(programSeenSchema, args);
      looks.get(keyOf(seen))?.(seen.environment);
      looks.delete(keyOf(seen));
    },

    async ended(args: unknown): Promise<string> {
      const ended = v.parse(endedSchema, args);
      const { root, id, atMs, exitCode, notebook } = ended;
      looks.get(keyOf(ended))?.('ended');
      looks.delete(keyOf(ended));
      const executed = executing.get(id);
      executing.delete(id);
      const found = notebook
        ? await openNotebook(notebook.file, root, notebook)
        : executed && (await notebookOf(executed.words, { root, cwd: executed.cwd }));
      runsIn(root).commandEnded(id, atMs, exitCode, found);
      return root;
    },
  };
}

/** The PATH of a terminal is its own: unless its program was seen, it is unknown. */
function pythonOf(program: SeenEnvironment | Unseen, interpreter: string | undefined): PythonHints {
  if (typeof program !== 'string') return { env: program };
  return { env: { ...process.env, PATH: '' }, interpreter, unseen: program };
}

/** One command may work in several workspaces. */
function keyOf({ root, id }: { readonly root: string; readonly id: string }): string {
  return `${id}\0${root}`;
}

/** As the log can have it: in one line. */
function shownLine(line: string): string {
  return line
    .trim()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .slice(0, MAX_COMMAND_LENGTH);
}
