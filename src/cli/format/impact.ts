import { impactName } from '../../base/impact-name.ts';
import { stageCounts } from '../../base/stage-counts.ts';
import type { Impact, ImpactEntry } from '../../registry/api/impact.ts';
import { safeLine, styled } from '../terminal.ts';
import { headlineText } from './headline.ts';
import { tableText } from './tables.ts';
import { labelOf, plural, stageText, timeText } from './values.ts';

/** Which versions something went into, by stage, then each of them. */
export function impactText({ subject, total, stages }: Impact, items: readonly ImpactEntry[]): string {
  const name = styled('bold', safeLine(impactName(subject)));
  if (total === 0) return `No version descends from ${name}.`;
  const rows = items.map(({ version, isDirect, through }) => [
    labelOf(version),
    stageText(version.stage),
    headlineText(version),
    timeText(version.createdAt),
    isDirect ? 'directly' : `through ${safeLine(through ?? 'another version')}`,
  ]);
  return `${plural(total, 'version')} ${total === 1 ? 'descends' : 'descend'} from ${name}: ${stageCounts(stages)}.\n${tableText(['VERSION', 'STAGE', 'METRIC', 'REGISTERED', 'HOW'], rows)}`;
}
