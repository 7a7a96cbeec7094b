import { sizeText } from '../../base/size.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { RegisterResult } from '../../registry/api/registering.ts';
import { safeLine, styled } from '../terminal.ts';
import { dangerLine, factsPhrase } from './facts.ts';
import { headlineText } from './headline.ts';
import { labelOf, plural, timeText } from './values.ts';

/** What `register` did, and what is in production beside it. */
export function registeredText({ version, isNew, sameFilesAs, production }: RegisterResult): string {
  const lines = [
    isNew
      ? `${styled('green', `Registered ${labelOf(version)}`)}: ${factsText(version)}`
      : `These files are ${labelOf(version)} already: ${factsText(version)}`,
  ];
  if (sameFilesAs) lines.push(`Its files are those of ${labelOf(sameFilesAs)}: the bytes are the same`);
  const warning = dangerLine(version, labelOf(version));
  if (warning !== '') lines.push(warning);
  if (production) {
    const headline = headlineText(production);
    lines.push(`In production is ${labelOf(production)}${headline === '' ? '' : `: ${headline}`}`);
  }
  return lines.join('\n');
}

/** The same on one line, with the time, for a list that grows. `earlier` was registered before the same run had ended. */
export function registeredLine({ version, sameFilesAs }: RegisterResult, earlier?: VersionSummary): string {
  const label = styled('green', `Registered ${labelOf(version)}`);
  const instead = earlier ? `, in place of ${labelOf(earlier)}: its run had gone on` : '';
  const same = sameFilesAs ? `, the same files as ${labelOf(sameFilesAs)}` : '';
  const warning = dangerLine(version, labelOf(version));
  const line = `${styled('dim', timeText(version.createdAt))}  ${label}: ${safeLine(factsText(version))}${same}${instead}`;
  return warning === '' ? line : `${line}\n${warning}`;
}

/** Outputs that were written again with the files of a version. */
export function sameLine(version: VersionSummary): string {
  const label = labelOf(version);
  return `${styled('dim', timeText(new Date().toISOString()))}  ${label} has the files that were written again, so no version was added. \`model-registry run -- COMMAND\` registers each run.`;
}

/** Outputs that an editor's window, or another `watch`, was faster with. */
export function elsewhereLine(version: VersionSummary): string {
  const label = styled('green', `Registered ${labelOf(version)}`);
  return `${styled('dim', timeText(version.createdAt))}  ${label}: ${safeLine(factsText(version))}, by another window or terminal that watches here`;
}

function factsText(version: VersionSummary): string {
  const { fileCount, sizeBytes } = version.artifact;
  const headline = headlineText(version);
  const facts = factsPhrase(version);
  return [plural(fileCount, 'file'), sizeText(sizeBytes), facts, headline].filter((part) => part !== '').join(', ');
}
