import * as v from 'valibot';
import type { OperationOptions } from '../base/progress.ts';
import { codeBetween } from '../lineage/code-between.ts';
import { sourceFile } from '../lineage/source-file.ts';

const folders = v.array(v.string());
const betweenSchema = v.object({ folders, before: v.string(), after: v.string() });
const fileSchema = v.object({ folders, commit: v.string(), path: v.string() });

/** What the registry's thread answers about code; undefined for other questions. git runs in processes of its own. */
export async function answerAboutCode(
  name: string,
  args: unknown,
  { signal }: OperationOptions,
): Promise<{ readonly value: unknown } | undefined> {
  switch (name) {
    case 'codeBetween':
      return { value: await codeBetween({ ...v.parse(betweenSchema, args), signal }) };
    case 'sourceFile':
      return { value: await sourceFile(v.parse(fileSchema, args)) };
    default:
      return undefined;
  }
}
