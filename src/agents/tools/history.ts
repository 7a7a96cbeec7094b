import * as v from 'valibot';
import { momentOf } from '../../base/moment.ts';
import type { ProductionEntry } from '../../catalog/read-models/holders.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import { CURSOR, limit, MODEL } from '../inputs.ts';
import { labelOf, pageOf, personOf, summaryOf } from '../shapes.ts';
import { tool } from '../tool.ts';

const AT = v.pipe(
  v.string(),
  v.maxLength(40),
  v.description(
    'A moment: 2026-05-03 (its end), 2026-05-03T14:00 (local time) or 2026-05-03T14:00:00Z. Now where it is left out.',
  ),
);

export const historyTools = [
  tool({
    name: 'in_production',
    title: 'What is in production',
    description:
      'Tells which version is in production, since when, by whom and why, and which was there before; or what was in each stage at a moment in the past.',
    entries: { model: v.optional(MODEL), at: v.optional(AT) },
    async run({ registry }, { model, at }) {
      if (at !== undefined) {
        const time = at.trim().toLowerCase() === 'now' ? 'now' : momentOf(at, Date.now());
        const { holders, ...found } = await registry.at({ time, ...(model === undefined ? {} : { model }) });
        return {
          time: found.time,
          ...(found.beginsAt === undefined ? {} : { logBeginsAt: found.beginsAt }),
          ...(found.ahead === undefined ? {} : { timesAreWrongFromCommit: found.ahead.seq }),
          stages: holders.map(({ model: name, number, stage, since, by, reason, isClaimed }) => ({
            ...{ version: `${name}@${number}`, stage, since, reason },
            by: personOf(by),
            ...(isClaimed ? { byTheirOwnWord: true } : {}),
          })),
        };
      }
      const id = model === undefined ? undefined : (await registry.showModel({ model })).id;
      const all = await registry.production();
      return { production: all.filter(({ modelId }) => id === undefined || modelId === id).map(productionShape) };
    },
  }),
  tool({
    name: 'history',
    title: 'History',
    description: 'Who did what, when and why, the newest first: of one model or of the whole registry.',
    entries: { model: v.optional(MODEL), limit: limit(20), cursor: v.optional(CURSOR) },
    async run({ registry }, { model, limit: most, cursor }) {
      const page = await registry.log({
        limit: most,
        ...(model === undefined ? {} : { model }),
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      return pageOf('entries', page, entryShape);
    },
  }),
];

function productionShape({ version, since, by, reason, previous }: ProductionEntry) {
  return {
    ...summaryOf(version),
    inStageSince: since,
    by: personOf(by),
    reason,
    aRollbackWouldBringBack: previous ? labelOf(previous) : null,
  };
}

function entryShape({ seq, at, by, via, summary, reason, void: why, pending }: LogEntry) {
  return {
    ...(pending ? { notSharedYet: true } : { seq }),
    ...{ at, by: personOf(by), via, summary },
    ...(reason === undefined ? {} : { reason }),
    ...(why === undefined ? {} : { changedNothingBecause: why }),
  };
}
