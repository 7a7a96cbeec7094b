import type { PackageVersion } from '../../catalog/read-models/lineage.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import { safeLine, styled } from '../terminal.ts';
import { dataPair, lineagePairs, missingSection, sourcePairs } from './lineage.ts';
import { pairs, section } from './sections.ts';
import { labelOf } from './values.ts';
import { codeText, runText } from './version.ts';

/** What a version was made from, and what isn't known of that. */
export function lineageText(version: VersionDetails): string {
  const { lineage } = version;
  const { code, data, dependencies, baseModel } = lineage;
  return [
    styled('bold', labelOf(version)),
    pairs([
      ['code', code ? codeText(code) : ''],
      ['run', runText(lineage)],
      ['base model', safeLine(baseModel?.name ?? '')],
      ...lineagePairs(lineage),
    ]),
    section('Data', pairs(data.map(dataPair))),
    section('Packages from elsewhere', pairs(sourcePairs(dependencies))),
    section('Packages', packagesText(dependencies)),
    missingSection(lineage),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function packagesText(dependencies: readonly PackageVersion[]): string {
  return pairs(
    dependencies.map(({ name, version, isConda }) => [
      safeLine(name),
      `${safeLine(version)}${isConda ? '  by conda, no Python package' : ''}`,
    ]),
  );
}
