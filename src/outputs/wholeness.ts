import { RegistryError } from '../base/errors.ts';
import { completenessOf } from '../modelfiles/inspect.ts';
import { fileSetOf } from '../modelfiles/local-files.ts';
import type { Completeness } from '../modelfiles/model-format.ts';

/** Whether files that belong together are all there. Of what vanishes meanwhile, the answer is no. */
export async function wholenessOf(
  files: readonly { readonly path: string; readonly file: string }[],
): Promise<Completeness> {
  try {
    return await completenessOf(await fileSetOf(files.map(({ path, file }) => ({ path, file }))));
  } catch (error) {
    if (!RegistryError.is(error, 'PATH_NOT_FOUND')) throw error;
    return { kind: 'incomplete', path: files[0]?.path ?? '', why: 'it is not there any more' };
  }
}
