import { sizeText } from '../../base/size.ts';
import type { VerifyReport } from '../../registry/api/verifying.ts';
import { safeLine, styled } from '../terminal.ts';
import { plural } from './values.ts';

/** What a check found: every problem with its key, what to do, and the versions that need what is damaged. */
export function verifyText(report: VerifyReport, withArtifacts: boolean): string {
  const { problems, voids } = report;
  const checked = [
    plural(report.commits, 'commit'),
    ...(withArtifacts
      ? [plural(report.manifests, 'manifest'), `${plural(report.objects, 'object')} (${sizeText(report.bytes)})`]
      : []),
  ].join(', ');
  const lines =
    problems.length === 0
      ? [`${styled('green', 'Sound')}: checked ${checked}.`]
      : [`${styled('red', `Found ${plural(problems.length, 'problem')}`)} in ${checked}:`];
  for (const { code, key, message, versions } of problems) {
    lines.push(`  ${code}  ${safeLine(key)}`, `    ${safeLine(message, 500)}`);
    if (versions.length > 0) lines.push(`    Affected: ${versions.map((label) => safeLine(label)).join(', ')}`);
  }
  const { restorable } = report;
  if (restorable && restorable.whole < restorable.total) {
    lines.push(
      `  The files of ${restorable.whole} of ${plural(restorable.total, 'version')} are whole and can be restored.`,
    );
  }
  for (const { seq, reason } of voids) {
    lines.push(`  ${styled('dim', `An entry of commit ${seq} had no effect: ${safeLine(reason, 300)}`)}`);
  }
  return lines.join('\n');
}
