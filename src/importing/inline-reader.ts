import type { ImportReader } from './import-reader.ts';
import { recordsOf } from './records.ts';
import { surveyFolder } from './survey.ts';

/** On the calling thread. */
export function inlineImportReader(): ImportReader {
  return {
    survey: (options, operation) => surveyFolder({ ...options, signal: operation?.signal }),
    records: ({ root, source, versions }) => recordsOf(root, source, versions),
    close: async () => undefined,
  };
}
