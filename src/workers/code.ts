import * as v from 'valibot';
import type { OperationOptions } from '../base/progress.ts';
import { codeBetweenVersions, sourceFileOfVersion } from '../lineage/version-code.ts';
import type { Registry } from '../registry/api/registry.ts';

const folders = v.array(v.string());
const betweenSchema = v.object({ folders, beforeId: v.string(), afterId: v.string() });
const fileSchema = v.object({ folders, versionId: v.string(), path: v.string() });

/** What the registry's thread answers about code; undefined for other questions. git runs in processes of its own. */
export async function answerAboutCode(
  registry: () => Promise<Registry>,
  name: string,
  args: unknown,
  { signal }: OperationOptions,
): Promise<{ readonly value: unknown } | undefined> {
  switch (name) {
    case 'codeBetween':
      return { value: await codeBetweenVersions(await registry(), v.parse(betweenSchema, args), signal) };
    case 'sourceFile':
      return { value: await sourceFileOfVersion(await registry(), v.parse(fileSchema, args)) };
    default:
      return undefined;
  }
}
