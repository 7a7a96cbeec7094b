import { isoTime } from '../base/clock.ts';
import { isUlid, timeOfUlid } from '../base/ids.ts';
import { maybeText, text } from './columns.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Row } from './sqlite.ts';

/** Registering files takes a while after the id was given, and clocks differ. */
const TOLERANCE_MS = 60_000;

/**
 * When a version that was taken over from a registry on one machine was registered there, and got into its stage. The shared log knows
 * only when it got there itself: these times are claims, made by the clock of whoever asked, and no rule relies on them.
 */
export function claimedTimes(row: Row): Pick<VersionSummary, 'claimedAt' | 'stageClaimedAt'> {
  const id = text(row, 'id');
  if (row.via !== 'import' || !isUlid(id)) return {};
  const before = Date.parse(text(row, 'created_at')) - TOLERANCE_MS;
  const registeredMs = timeOfUlid(id);
  const stageMs = Date.parse(maybeText(row, 'stage_asked_at') ?? isoTime(registeredMs));
  return {
    ...(registeredMs < before ? { claimedAt: isoTime(registeredMs) } : {}),
    ...(stageMs < before ? { stageClaimedAt: isoTime(stageMs) } : {}),
  };
}
