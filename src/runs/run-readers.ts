import { huggingFaceReader } from './huggingface.ts';
import type { RunReader } from './run-reader.ts';

/** Everything that runs are read from. Of equally good accounts of one run, the one listed first is taken. */
export const runReaders: readonly RunReader[] = [huggingFaceReader];
