import { sortedOut } from '../../gates/declaration.ts';
import type { GateReport, GateResult } from '../../gates/evaluate-gates.ts';

/** Characters that XML 1.0 can't hold, not even escaped. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const OUTCOMES: Readonly<Record<GateResult['outcome'], string>> = {
  passed: '✅ passed',
  failed: '❌ failed',
  'not-evaluated': '⚠️ not evaluated',
};

/** The gates as JUnit XML: a test case each; one that couldn't be evaluated is an error, and so is a stage that there isn't. */
export function gatesJunit({ standing, results }: GateReport): string {
  const { version, stage } = standing;
  const count = (outcome: GateResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  const cases = results.map((result) => {
    const { gate, outcome, measured, required, why = '' } = result;
    const open = `    <testcase classname="${xml(`${version.model}.${stage}`)}" name="${xml(gate)}"`;
    if (outcome === 'passed') return `${open}/>`;
    const element = outcome === 'failed' ? 'failure' : 'error';
    const text = `required: ${required}\nmeasured: ${measured === '' ? 'nothing' : measured}`;
    return `${open}>\n      <${element} message="${xml(why)}">${xml(text)}</${element}>\n    </testcase>`;
  });
  const counts = `tests="${results.length}" failures="${count('failed')}" errors="${count('not-evaluated')}"`;
  const name = xml(`gates of ${stage} for ${version.model}@${version.number}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  <testsuite name="${name}" ${counts}>\n${cases.map((line) => `${line}\n`).join('')}  </testsuite>\n</testsuites>\n`;
}

/** The gates as a table of a pull request's comment or a job's summary. */
export function gatesMarkdown({ standing, results: all }: GateReport): string {
  const { version, stage } = standing;
  const { gates: results, unknown } = sortedOut(all);
  const problems = unknown.map((one) => `\n⚠️ unknown stage ${cell(one.stage)}: ${cell(one.why)}.\n`).join('');
  const label = cell(`${version.model}@${version.number}`);
  const broken = results.filter(({ outcome }) => outcome !== 'passed').length;
  const verdict =
    broken === 0
      ? 'passes'
      : `doesn’t pass ${results.length === 1 ? 'the only one' : `${broken} of ${results.length}`} of`;
  const rows = results.map(({ title, outcome, measured, required, why = '' }) =>
    [title, OUTCOMES[outcome], measured, required, why].map(cell).join(' | '),
  );
  const table = ['gate | result | measured | required | why', '---|---|---|---|---', ...rows].map(
    (row) => `| ${row} |`,
  );
  const title = `### ${label} ${verdict} the gates of ${cell(stage)}`;
  return `${title}\n\n${results.length === 0 ? 'No gates are declared.' : table.join('\n')}\n${problems}`;
}

function xml(text: string): string {
  return text
    .replace(NOT_XML, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}

/** Text of others, which must be neither markup, a link nor a mention there. */
function cell(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|~#!]/g, '\\$&')
    .replaceAll('@', '@\u200B');
}
