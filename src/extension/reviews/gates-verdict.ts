import { formatNumber, t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import { sortedOut } from '../../gates/declaration.ts';
import type { GateReport } from '../../gates/evaluate-gates.ts';
import { labelOf, oneLine } from '../version-text.ts';

/** How a version stands to the gates of a stage, with those that it doesn't pass by name, and what is wrong with what is declared. */
export function gatesVerdict({
  standing,
  results,
  commands,
}: Pick<GateReport, 'standing' | 'results' | 'commands'>): string {
  const { gates, unknown } = sortedOut(results);
  const broken = gates.filter(({ outcome }) => outcome !== 'passed');
  const of = { label: labelOf(standing.version), stage: standing.stage };
  // Of a command or the policy the title alone doesn't say which one it is.
  const names = broken.map(({ gate, title, required, source }) =>
    source === 'policy' || commands.includes(gate) ? told(required) : title,
  );
  const verdict =
    gates.length === 0
      ? t('{label} needs nothing for {stage}: no gates are declared.', of)
      : broken.length === 0
        ? t('{label} passes the gates of {stage}.', of)
        : tCount(
            gates.length,
            '{label} doesn’t pass the gate of {stage}: {gates}.',
            '{label} doesn’t pass {broken} of {count} gates of {stage}: {gates}.',
            { ...of, broken: formatNumber(broken.length), gates: oneLine(names.join(', '), 200) },
          );
  return [verdict, ...unknown.map(({ why }) => `${oneLine(told(why), 300)}.`)].join(' ');
}
