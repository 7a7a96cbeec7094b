import { isAbsolute, relative } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { isInside } from '../../base/inside.ts';
import { folderAt, quoted } from './command-text.ts';

/** What a debug session runs, as its configuration says it. */
export interface DebuggedRun {
  readonly line: string;
  readonly folder: vscode.Uri | undefined;
  readonly interpreter?: string | undefined;
}

const PYTHON = /^(?:python|debugpy)$/i;

const words = v.pipe(v.array(v.union([v.string(), v.number(), v.boolean()])), v.maxLength(1000));
/** Of the configurations of debuggers, which each have their own: what isn't of this form isn't there. */
const configurationSchema = v.object({
  request: v.string(),
  program: v.fallback(v.optional(v.string()), undefined),
  module: v.fallback(v.optional(v.string()), undefined),
  python: v.fallback(v.optional(v.union([v.string(), v.array(v.string())])), undefined),
  args: v.fallback(v.optional(v.union([v.string(), words])), undefined),
  cwd: v.fallback(v.optional(v.string()), undefined),
});

/** Undefined for what was begun by somebody else or isn't a program: attached sessions, children of another session. */
export function runOfSession(session: vscode.DebugSession): DebuggedRun | undefined {
  if (session.parentSession) return undefined;
  const parsed = v.safeParse(configurationSchema, session.configuration);
  if (!parsed.success || parsed.output.request !== 'launch') return undefined;
  const { program, module, python, args = [], cwd } = parsed.output;
  const named = typeof python === 'string' ? python : python?.[0];
  const isPython = PYTHON.test(session.type);
  const root = session.workspaceFolder?.uri;
  const run = program === undefined ? (module === undefined ? [] : ['-m', module]) : [within(root, program)];
  if (run.length === 0) return undefined;
  const line = [
    ...[isPython ? (named ?? 'python') : session.type.replace(/^pwa-/, ''), ...run].map(quoted),
    ...(typeof args === 'string' ? [args] : args.map((word) => quoted(String(word)))),
  ].join(' ');
  const interpreter = isPython && named !== undefined ? { interpreter: named } : {};
  return { line, folder: folderAt(cwd, root), ...interpreter };
}

/** A program of the workspace as a person would type it there. */
function within(root: vscode.Uri | undefined, program: string): string {
  const folder = root?.scheme === 'file' ? root.fsPath : undefined;
  return folder !== undefined && isAbsolute(program) && isInside(folder, program) ? relative(folder, program) : program;
}

const exited = v.object({
  type: v.literal('event'),
  event: v.literal('exited'),
  body: v.object({ exitCode: v.pipe(v.number(), v.safeInteger()) }),
});

/** With what exit codes the programs of debug sessions ended: debuggers tell their sessions alone. */
export class ExitCodes implements vscode.Disposable {
  readonly #bySession = new Map<string, number>();
  readonly #subscription = vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker: ({ id, parentSession }) => {
      // A child's process may be the program itself, as with Node, or one that it started.
      const session = parentSession?.id ?? id;
      return {
        onDidSendMessage: (message: unknown) => {
          const parsed = v.safeParse(exited, message);
          if (parsed.success && (session === id || !this.#bySession.has(session)))
            this.#bySession.set(session, parsed.output.body.exitCode);
        },
      };
    },
  });

  /** Undefined where the debugger didn't tell. */
  take({ id }: vscode.DebugSession): number | undefined {
    const exitCode = this.#bySession.get(id);
    this.#bySession.delete(id);
    return exitCode;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
