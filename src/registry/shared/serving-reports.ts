import { join } from 'node:path';
import * as v from 'valibot';
import { eachOf } from '../../artifacts/each-of.ts';
import { serialQueue } from '../../base/serial.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readRegular } from '../../storage/regular-file.ts';
import { replaceFile } from '../../storage/replace-file.ts';
import type { ServingReport } from '../api/serving.ts';
import {
  dayPrefix,
  decodeReport,
  encodeReport,
  MAX_REPORT_BYTES,
  monthPrefix,
  type ReportName,
  reportKey,
  reportOfKey,
} from './serving-report.ts';

export type KnownReport = ReportName & { readonly report: ServingReport };

const DAY_MS = 24 * 60 * 60 * 1000;
const READS_AT_ONCE = 8;
/** More followers aren't shown: the newest reports count. */
const MAX_FOLLOWERS = 2000;
/** A machine's clock may be so much ahead of the storage's before its reports are left out. */
const AHEAD_MS = 10 * 60 * 1000;
/** Beyond so many days without a look, whole months are listed. */
const MAX_DAYS = 4;

const cacheSchema = v.object({
  lookedAtMs: v.pipe(v.number(), v.safeInteger()),
  reports: v.pipe(v.array(v.object({ key: v.string(), report: v.unknown() })), v.maxLength(MAX_FOLLOWERS)),
});

/**
 * What machines report that they serve: the newest report of each. Reports are created and never removed, so what was read is kept in a
 * file, and only the days since the last look are listed: one request while nothing is new. The first look goes back to the beginning
 * of the month before.
 */
export class ServingReports {
  readonly #file: string;
  readonly #store: () => Promise<ObjectStore>;
  readonly #clock: () => number;
  readonly #serially = serialQueue();
  readonly #newest = new Map<string, KnownReport>();
  /** Names of what isn't a report: not read again. */
  readonly #useless = new Set<string>();
  #lookedAtMs: number | undefined;
  #isLoaded = false;

  constructor(options: {
    readonly dir: string;
    readonly store: () => Promise<ObjectStore>;
    readonly clock: () => number;
  }) {
    this.#file = join(options.dir, 'serving.json');
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** What was known at the last look, without asking the storage. */
  known(): Promise<readonly KnownReport[]> {
    return this.#serially(async () => {
      await this.#load();
      return this.#all();
    });
  }

  /** Throws what the storage answers. */
  look(): Promise<readonly KnownReport[]> {
    return this.#serially(async () => {
      await this.#load();
      const store = await this.#store();
      const now = this.#clock();
      const names = await this.#listed(store, now);
      let isNew = false;
      await eachOf(names, READS_AT_ONCE, async (name) => {
        const key = reportKey(name);
        const bytes = await store.get(key, MAX_REPORT_BYTES + 1);
        const report = bytes && decodeReport(bytes);
        if (!report) {
          this.#useless.add(key);
          return;
        }
        this.#newest.set(name.follower, { ...name, report });
        isNew = true;
      });
      const isOtherDay = this.#lookedAtMs === undefined || dayPrefix(this.#lookedAtMs) !== dayPrefix(now);
      this.#lookedAtMs = now;
      // Derived: whoever can't write it lists more at the next start.
      if (isNew || isOtherDay) await this.#save().catch(() => undefined);
      return this.#all();
    });
  }

  /** Reports in the name of `follower`. Throws what the storage answers. */
  async report(follower: string, report: ServingReport): Promise<void> {
    const store = await this.#store();
    await store.putIfAbsent(reportKey({ follower, atMs: Math.floor(this.#clock()) }), encodeReport(report));
  }

  /** For each follower its newest name, where it is newer than what is known. */
  async #listed(store: ObjectStore, now: number): Promise<readonly ReportName[]> {
    const newest = new Map<string, ReportName>();
    const prefixes = prefixesSince(this.#lookedAtMs, now);
    const keys = (await Promise.all(prefixes.map((prefix) => store.list(prefix)))).flat();
    for (const key of keys) {
      const name = reportOfKey(key);
      if (!name || name.atMs > now + AHEAD_MS || this.#useless.has(key)) continue;
      const known = newest.get(name.follower) ?? this.#newest.get(name.follower);
      if (!known || name.atMs > known.atMs) newest.set(name.follower, name);
    }
    return [...newest.values()].sort((a, b) => b.atMs - a.atMs).slice(0, MAX_FOLLOWERS);
  }

  #all(): readonly KnownReport[] {
    return [...this.#newest.values()].sort((a, b) => b.atMs - a.atMs).slice(0, MAX_FOLLOWERS);
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    try {
      const { lookedAtMs, reports } = v.parse(cacheSchema, JSON.parse(await readRegular(this.#file)));
      for (const { key, report } of reports) {
        const name = reportOfKey(key);
        const decoded = decodeReport(new TextEncoder().encode(JSON.stringify(report)));
        if (name && decoded) this.#newest.set(name.follower, { ...name, report: decoded });
      }
      this.#lookedAtMs = lookedAtMs;
    } catch {
      // Not there, or not readable: everything is listed again.
    }
  }

  async #save(): Promise<void> {
    const reports = this.#all().map(({ report, ...name }) => ({ key: reportKey(name), report: { v: 1, ...report } }));
    const text = JSON.stringify({ lookedAtMs: this.#lookedAtMs, reports });
    await replaceFile(this.#file, text);
  }
}

/** The days since the last look and an hour, in which late answers may have brought something; else two months. */
function prefixesSince(lookedAtMs: number | undefined, now: number): readonly string[] {
  const from = (lookedAtMs ?? Number.NEGATIVE_INFINITY) - 60 * 60 * 1000;
  if (from > now || now - from > MAX_DAYS * DAY_MS) {
    const month = new Date(now);
    return [monthPrefix(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() - 1, 1)), monthPrefix(now)];
  }
  const days = new Set<string>();
  for (let day = from; day < now; day += DAY_MS) days.add(dayPrefix(day));
  return [...days.add(dayPrefix(now))];
}
