import { isoTime } from '../../src/base/clock.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { newIdSource } from '../../src/base/ids.ts';
import { PendingQueue } from '../../src/intents/pending-queue.ts';
import { SharedAuthority } from '../../src/intents/shared-authority.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';
import { encodeIntent, type Intent } from '../../src/log/intent.ts';
import { FORMAT_KEY } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { memoryLog } from '../simulation/memory-log.ts';
import { seededRandom } from '../simulation/random.ts';
import { VirtualTime } from './virtual-time.ts';

const REGISTRY = '01M84GD1DENREG1STRY0000000';
export const ROUND_TRIP_MS = 60;
const START_MS = Date.parse('2026-11-23T09:00:00Z');

/** Many machines on one store, each with intents that wait, all of which begin at the same moment. Time passes only with round trips. */
export async function shareAtOnce(options: {
  readonly clients: number;
  readonly pending: number;
  readonly seed: number;
}) {
  const time = new VirtualTime();
  const random = seededRandom(options.seed);
  const clock = () => START_MS + time.now;
  const format = encodeFormatFile({ format: 1, registryId: REGISTRY, created: isoTime(START_MS), requires: [] });
  const blobs = memoryStore();
  await blobs.putIfAbsent(FORMAT_KEY, format);
  let requests = 0;
  const asked = async <T>(request: () => Promise<T>): Promise<T> => {
    requests += 1;
    // There, where it happens at one moment, and back.
    await time.sleep(ROUND_TRIP_MS / 2);
    const answer = await request();
    await time.sleep(ROUND_TRIP_MS / 2);
    return answer;
  };
  const remote: ObjectStore = {
    get: (key, maxBytes) => asked(() => blobs.get(key, maxBytes)),
    getRange: (key, offset, length) => asked(() => blobs.getRange(key, offset, length)),
    getStream: (key) => asked(() => blobs.getStream(key)),
    head: (key) => asked(() => blobs.head(key)),
    list: (prefix, listed) => asked(() => blobs.list(prefix, listed)),
    putIfAbsent: (key, bytes) => asked(() => blobs.putIfAbsent(key, bytes)),
  };
  const newId = newIdSource(clock);
  const clients = await Promise.all(
    Array.from({ length: options.clients }, async (_, client) => {
      const copy = memoryStore();
      await copy.putIfAbsent(FORMAT_KEY, format);
      const queue = new PendingQueue(copy, newId);
      const intents = Array.from({ length: options.pending }, (_unused, index): Intent => {
        return {
          id: newId(),
          registryId: REGISTRY,
          by: { name: `P${client}`, email: '' },
          askedAt: isoTime(START_MS),
          via: 'cli',
          requires: [],
          expects: {},
          events: [{ type: 'model.created', model: newId(), name: `m-${client}-${index}`, tags: {} }],
        };
      });
      await queue.addAll(intents.map((intent) => ({ intent, line: encodeIntent(intent) })));
      const { state, log } = memoryLog({
        store: copy,
        registryId: REGISTRY,
        formatHash: sha256Hex(format),
        onApplied() {},
      });
      const publisher = {
        isPublished: () => true,
        isSmall: () => true,
        isOurs: () => true,
        publish: async () => {},
        attach: async () => {},
      };
      const authority = new SharedAuthority({
        copy,
        catalog: log,
        queue,
        publisher,
        remote: async () => remote,
        clock,
        random: () => random.next(),
        delay: (milliseconds) => time.sleep(milliseconds),
      });
      return { authority, state, ids: intents.map(({ id }) => id), log };
    }),
  );
  const done = await time.run(Promise.all(clients.map(({ authority }) => authority.sync())));
  return { clients, done, seconds: time.now / 1000, requests, commits: (await blobs.list('log/')).length };
}
