import { sha256Hex } from '../../src/base/hash.ts';
import { encodeCommit } from '../../src/log/commit.ts';
import { encodeIntent, type Intent } from '../../src/log/intent.ts';
import type { LogPosition } from '../../src/rules/apply-commit.ts';
import { PRODUCTION } from '../../src/rules/policy.ts';
import type { MemoryState } from '../rules/memory-state.ts';
import type { Random } from './random.ts';
import { type Asked, move } from './requests.ts';

interface Careless {
  readonly state: MemoryState;
  readonly random: Random;
  readonly position: LogPosition;
  readonly intentOf: (asked: Asked) => Intent;
  /** Asks for what would hold if it were signed as it has to be. */
  readonly isForging?: boolean;
}

/** The next commit by a program that checks nothing: everybody has to find the same things void in it. */
export function carelessCommit({ state, random, position, intentOf, isForging = false }: Careless): Uint8Array {
  const at = '2026-05-03T12:00:00.000Z';
  const envelope = { v: 1, seq: position.seq + 1, prev: position.hash, at } as const;
  const commit = (intents: readonly Intent[], changed = {}) =>
    encodeCommit({ ...envelope, ...changed }, intents.map(encodeIntent));
  const model = state.modelByName('fraud');
  const versions = model ? state.versionsOf(model.id) : [];
  if (versions.length === 0) return new TextEncoder().encode('garbage');
  const version = random.pick(versions);
  const promotion = move(state, version, PRODUCTION);
  if (isForging) return commit([intentOf(promotion)]);
  switch (random.below(6)) {
    case 0:
      return new TextEncoder().encode('{"v":1,"seq":');
    case 1:
      return commit([intentOf(promotion)], { prev: sha256Hex('another log') });
    case 2:
      // As if nobody were in production.
      return commit([
        intentOf({
          expects: {},
          events: promotion.events.map((event) =>
            event.type === 'stage.changed' ? { ...event, displaces: [] } : event,
          ),
        }),
      ]);
    case 3:
      return commit([intentOf({ ...promotion, expects: { stages: { [version.id]: 'no such stage' } } })]);
    case 4: {
      const note = intentOf({
        expects: {},
        events: [{ type: 'version.annotated', version: version.id, note: 'twice' }],
      });
      return commit([note, note]);
    }
    default: {
      const alias = { type: 'alias.set', model: version.model, alias: 'champion', version: version.id } as const;
      return commit([
        intentOf({ expects: { aliases: { [`${version.model}/champion`]: version.model } }, events: [alias] }),
      ]);
    }
  }
}
