import * as v from 'valibot';
import * as vscode from 'vscode';

const ID = 'ms-python.python';

const environmentsSchema = v.object({
  environments: v.object({ getActiveEnvironmentPath: v.custom<GetPath>((value) => typeof value === 'function') }),
});
type GetPath = (resource?: vscode.Uri) => unknown;
const pathSchema = v.object({ path: v.pipe(v.string(), v.minLength(1)) });

/**
 * The interpreter, or the environment's folder, that the Python extension has chosen for a file or folder. Undefined where that
 * extension isn't there, or hasn't been started by anybody: it is never started for this.
 */
export function activeInterpreter(resource: vscode.Uri | undefined): string | undefined {
  const extension = vscode.extensions.getExtension<unknown>(ID);
  if (!extension?.isActive) return undefined;
  const api = v.safeParse(environmentsSchema, extension.exports);
  if (!api.success) return undefined;
  try {
    const { environments } = api.output;
    const path = v.safeParse(pathSchema, environments.getActiveEnvironmentPath(resource));
    return path.success ? path.output.path : undefined;
  } catch {
    // Another extension's trouble is no reason to record less of everything else.
    return undefined;
  }
}
