import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { idleThread } from '../base/idle-thread.ts';
import type { OperationOptions } from '../base/progress.ts';
import { serialQueue } from '../base/serial.ts';
import type { MeasuredPredictions, ReadPredictions } from './asked.ts';
import type { CertaintyAnswer, CertaintyQuestion } from './certainty.ts';

/** Computes with predictions for those who can't wait on their own thread. */
export interface Statistician {
  /** As `measureFile`. */
  measure(request: MeasureRequest, options?: OperationOptions): Promise<MeasuredPredictions>;
  /** As `certaintyOf`, of objects that a registry keeps. */
  certainty(request: CertaintyRequest, options?: OperationOptions): Promise<CertaintyAnswer>;
  close(): Promise<void>;
}

export interface MeasureRequest extends ReadPredictions {
  readonly file: string;
}

export interface CertaintyRequest extends CertaintyQuestion {
  readonly ours: Uint8Array;
  readonly theirs?: Uint8Array | undefined;
}

/** Columns of numbers, which are most, come on top. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 512 };

/** Does the work on the calling thread. */
export function inlineStatistician(): Statistician {
  return {
    async measure({ file, ...options }) {
      return (await import('./measure-file.ts')).measureFile(file, options);
    },
    async certainty({ ours, theirs, ...question }) {
      const [{ certaintyOf }, { decodePredictions }] = await Promise.all([
        import('./certainty.ts'),
        import('./encode.ts'),
      ]);
      return certaintyOf(decodePredictions(ours), theirs && decodePredictions(theirs), question);
    },
    close: async () => undefined,
  };
}

// The thread is built from the same sources, so that its answers need no more than a look at what they are.
const measuredSchema = v.custom<MeasuredPredictions>((value) => typeof value === 'object' && value !== null);
const answerSchema = v.custom<CertaintyAnswer>((value) => typeof value === 'object' && value !== null);

/**
 * Does the work in a thread that ends when nothing was asked for a while, and when what it computes is cancelled: one call after the other,
 * so that it takes no other with it. `workerFile` is the built `worker.js`.
 */
export function threadStatistician({ workerFile }: { readonly workerFile: string }): Statistician {
  const thread = idleThread({
    workerFile,
    workerData: { role: 'predictions' },
    does: 'computes with predictions',
    resourceLimits: MEMORY_LIMIT,
  });
  const serially = serialQueue();
  const call = (name: string, request: unknown, { signal }: OperationOptions = {}) =>
    serially(async () => {
      if (signal?.aborted) throw cancelled();
      // It looks up from its numbers only when it is done.
      const onAbort = () => void thread.close();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await thread.call(name, request);
      } catch (error) {
        if (signal?.aborted) throw cancelled();
        throw error;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    });
  return {
    measure: async (request, options) => v.parse(measuredSchema, await call('measure', request, options)),
    certainty: async (request, options) => v.parse(answerSchema, await call('certainty', request, options)),
    close: () => thread.close(),
  };
}

function cancelled(): RegistryError {
  return new RegistryError('OPERATION_CANCELLED', 'The operation was cancelled. Nothing was changed.');
}
