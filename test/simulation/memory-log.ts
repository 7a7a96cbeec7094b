import { serialQueue } from '../../src/base/serial.ts';
import type { AppliedLog } from '../../src/intents/submitting.ts';
import type { Intent } from '../../src/log/intent.ts';
import { readCommit } from '../../src/log/log-reader.ts';
import { applyCommit, judgeIntent, type LogPosition } from '../../src/rules/apply-commit.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { MemoryState } from '../rules/memory-state.ts';

interface MemoryLogOptions {
  readonly store: ObjectStore;
  readonly registryId: string;
  readonly formatHash: string;
  readonly onApplied: (position: LogPosition, state: MemoryState) => void;
}

/** What the catalog is to an authority, on the rules' state in memory. */
export function memoryLog({ store, registryId, formatHash, onApplied }: MemoryLogOptions) {
  const state = new MemoryState();
  const serially = serialQueue();
  let position: LogPosition = { seq: 0, hash: formatHash, at: '' };
  const apply = (bytes: Uint8Array) => {
    state.atomically(() => {
      position = applyCommit(state, bytes, position, registryId).position;
      return true;
    });
    onApplied(position, state);
  };
  const log: AppliedLog = {
    get position() {
      return position;
    },
    catchUp: () =>
      serially(async () => {
        for (let applied = 0; ; applied += 1) {
          const bytes = await readCommit(store, position.seq + 1);
          if (!bytes) return applied;
          apply(bytes);
        }
      }),
    applyNext: (seq, bytes) =>
      serially(async () => {
        if (position.seq === seq - 1) apply(bytes);
      }),
    judge: (intent: Intent) => judgeIntent(state, intent, position, registryId),
    settled: (id) => state.verdict(id),
  };
  return { state, log };
}
