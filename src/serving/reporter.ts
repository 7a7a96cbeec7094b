import { messageOf } from '../base/errors.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { ServingReport } from '../registry/api/serving.ts';

/** Says under `status/` in the storage what this machine serves, whenever that changes and every hour. */
export interface Reporter {
  /** To be called after each look. What can't be told now is told at the next one. */
  tell(state: ReportedState): Promise<void>;
  /** Says that nobody follows here any more. */
  stop(): Promise<void>;
}

/** What there is to tell. */
export type ReportedState = Pick<ServingReport, 'model' | 'serving' | 'refused'>;

const AGAIN_MS = 60 * 60 * 1000;
const MAX_AGAIN_MS = 7 * 24 * 60 * 60 * 1000;
/** Whoever ends the program doesn't wait longer. */
const STOP_MS = 3000;

export function reporter(options: {
  readonly registry: Pick<Registry, 'reportServing'>;
  readonly machine: string;
  readonly ref: string;
  readonly place: string;
  readonly everyMs: number;
  readonly clock: () => number;
  /** The first of several failures in a row. */
  readonly onFailure: (error: unknown) => void;
}): Reporter {
  const { registry, ref, place, everyMs, clock, onFailure } = options;
  const machine = options.machine.slice(0, 200);
  // A pause may last half as long again as was asked for.
  const againAfterMs = Math.min(MAX_AGAIN_MS, Math.max(AGAIN_MS, everyMs * 2));
  let last: ReportedState | undefined;
  let told = '';
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let hasFailed = false;

  const send = (state: ReportedState, isStopped: boolean) =>
    registry.reportServing({ machine, ref, place, ...state, isStopped, againAfter: Math.ceil(againAfterMs / 1000) });

  return {
    async tell(state) {
      last = state;
      const text = JSON.stringify(state);
      // A little before it is due, since a look comes when it comes.
      if (text === told && clock() - toldAtMs < againAfterMs - everyMs * 1.5) return;
      try {
        await send(state, false);
        told = text;
        toldAtMs = clock();
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) onFailure(error);
        hasFailed = true;
      }
    },
    async stop() {
      if (!last || told === '') return;
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<void>((done) => {
        timer = setTimeout(done, STOP_MS);
      });
      // Without it the machine counts as silent after a while.
      await Promise.race([send(last, true).catch((error: unknown) => void messageOf(error)), tooLong]);
      clearTimeout(timer);
    },
  };
}
