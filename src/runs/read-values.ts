import { RegistryError } from '../base/errors.ts';
import { RunFileInvalid, type RunFiles } from './run-files.ts';
import type { RunValues } from './values.ts';
import { type MetricsFileValues, metricsIn, type OnLeftOut, paramsIn } from './values-file.ts';

const MAX_METRICS_BYTES = 16 * 1024 * 1024;
const MAX_PARAMS_BYTES = 1024 * 1024;

/** The metrics in a file of the workspace; undefined where there is none or it can't be read, which is then a problem of the run, as what is left out of it. */
export async function metricsOfFile(
  path: string,
  files: RunFiles,
  values: RunValues,
): Promise<MetricsFileValues | undefined> {
  return orProblem(path, values, async () => {
    const text = await files.readText(path, MAX_METRICS_BYTES);
    return text === undefined ? undefined : metricsIn(text, path, leftOutOf('metrics', path, values));
  });
}

/** The params in a file of the workspace; undefined where there is none or it can't be read, which is then a problem of the run. */
export async function paramsOfFile(
  path: string,
  files: RunFiles,
  values: RunValues,
): Promise<Readonly<Record<string, string>> | undefined> {
  return orProblem(path, values, async () => {
    const text = await files.readText(path, MAX_PARAMS_BYTES);
    return text === undefined ? undefined : paramsIn(text, path, leftOutOf('params', path, values));
  });
}

/** A part that can't be recorded takes nothing of the rest along. */
function leftOutOf(what: 'metrics' | 'params', path: string, values: RunValues): OnLeftOut {
  return (why) => values.leaveOut(`${what}[${path}]`, `${path} ${why}: that was left out`);
}

async function orProblem<T>(path: string, values: RunValues, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!RegistryError.is(error, 'VALUES_FILE_INVALID') && !(error instanceof RunFileInvalid)) throw error;
    values.problem(`${path} was left out: ${error.message}`);
    return undefined;
  }
}
