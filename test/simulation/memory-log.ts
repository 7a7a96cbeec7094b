import { serialQueue } from '../../src/base/serial.ts';
import type { OverlaidLog } from '../../src/intents/submitting.ts';
import type { Intent } from '../../src/log/intent.ts';
import { readCommit } from '../../src/log/log-reader.ts';
import { applyCommit, applyIntent, judgeIntent, type LogPosition } from '../../src/rules/apply-commit.ts';
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
  let over: readonly Intent[] = [];
  let isLaid = false;
  const applyOver = (intent: Intent, index: number) => {
    const place = { seq: position.seq + 1, position: index, at: intent.askedAt };
    return applyIntent(state, { kind: 'intent', intent }, place, registryId).outcome;
  };
  const lay = () => {
    if (isLaid || over.length === 0) return;
    state.beginTrial();
    isLaid = true;
    for (const [index, intent] of over.entries()) applyOver(intent, index);
  };
  const lift = () => {
    if (isLaid) state.endTrial();
    isLaid = false;
  };
  const apply = (bytes: Uint8Array) => {
    lift();
    state.atomically(() => {
      position = applyCommit(state, bytes, position, registryId).position;
      return true;
    });
    onApplied(position, state);
  };
  const log: OverlaidLog = {
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
    judge(intent) {
      lay();
      return judgeIntent(state, intent, position, registryId);
    },
    settled(id) {
      lift();
      return state.verdict(id);
    },
    layOver(intents) {
      lift();
      over = intents;
    },
    tryOnLog(attempt) {
      lift();
      state.beginTrial();
      let index = 0;
      try {
        attempt((intent) => applyOver(intent, index++), state);
      } finally {
        state.endTrial();
      }
    },
  };
  return { state, log, lay, lift };
}
