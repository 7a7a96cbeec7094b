import { RegistryError } from '../base/errors.ts';
import type { Inspector } from '../modelfiles/inspector.ts';
import type { Completeness } from '../modelfiles/model-format.ts';

/** Whether files that belong together are all there. Of what vanishes meanwhile, the answer is no. */
export async function wholenessOf(
  files: readonly { readonly path: string; readonly file: string }[],
  inspector: Pick<Inspector, 'completeness'>,
): Promise<Completeness> {
  try {
    return await inspector.completeness({ files: files.map(({ path, file }) => ({ path, file })) });
  } catch (error) {
    if (!RegistryError.is(error, 'PATH_NOT_FOUND')) throw error;
    return { kind: 'incomplete', path: files[0]?.path ?? '', why: 'it is not there any more' };
  }
}
