import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';

const stepSchema = v.picklist([
  'list',
  'log',
  'verify',
  'register',
  'promote',
  'note',
  'alias',
  'pull',
  'path',
  'init',
]);
export type Step = v.InferOutput<typeof stepSchema>;

export const restrictionSchema = v.object({
  registryDir: v.string(),
  stateDir: v.string(),
  workDir: v.string(),
  steps: v.array(stepSchema),
  /** Asks for all of them before any is answered. */
  isAtOnce: v.optional(v.boolean()),
  /** Gives up the rights of root. */
  isNobody: v.optional(v.boolean()),
  /** Takes all file handles but these. */
  freeHandles: v.optional(v.number()),
});
export type Restriction = v.InferOutput<typeof restrictionSchema>;

const outcomeSchema = v.object({ code: v.string(), message: v.string() });
export type Outcome = v.InferOutput<typeof outcomeSchema>;
const printedSchema = v.object({ outcomes: v.array(outcomeSchema), closing: outcomeSchema });

/** Runs the bundled worker, under a limit of the shell's where one is given, and returns how each step went. */
export async function runRestricted(workerFile: string, restriction: Restriction, limit = 'true') {
  const command = `${limit} && exec "$0" "$@"`;
  const args = ['-c', command, process.execPath, workerFile, JSON.stringify(restriction)];
  const { stdout } = await promisify(execFile)('bash', args);
  return v.parse(printedSchema, JSON.parse(stdout));
}
