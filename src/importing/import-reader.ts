import * as v from 'valibot';
import { idleThread } from '../base/idle-thread.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { FoundVersion, SourceKind, Survey } from './found.ts';
import type { VersionRecord } from './records.ts';
import type { SurveyOptions } from './survey.ts';

export interface RecordsRequest {
  readonly root: string;
  readonly source: SourceKind;
  readonly versions: readonly FoundVersion[];
}

/** Reads what sources keep. Whatever is in their files, it is the reader alone that can be kept busy by it, or run out of memory. */
export interface ImportReader {
  survey(options: Omit<SurveyOptions, 'signal'>, operation?: OperationOptions): Promise<Survey>;
  records(request: RecordsRequest, operation?: OperationOptions): Promise<readonly VersionRecord[]>;
  close(): Promise<void>;
}

/** Buffers and the memory of databases come on top. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 512 };

// The thread is built from the same sources, so that its answers need no more than a look at what they are.
const surveySchema = v.custom<Survey>((value) => typeof value === 'object' && value !== null);
const recordsSchema = v.custom<readonly VersionRecord[]>((value) => Array.isArray(value));

/** In a thread of its own, with bounded memory, that is there while it is needed. `workerFile` is the built `worker.js`. */
export function threadImportReader({ workerFile }: { readonly workerFile: string }): ImportReader {
  const thread = idleThread({
    workerFile,
    workerData: { role: 'importing' },
    does: 'reads what is to be imported',
    resourceLimits: MEMORY_LIMIT,
  });
  return {
    survey: async (options, operation) => v.parse(surveySchema, await thread.call('survey', { ...options }, operation)),
    records: async (request, operation) =>
      v.parse(recordsSchema, await thread.call('records', { ...request }, operation)),
    close: () => thread.close(),
  };
}
