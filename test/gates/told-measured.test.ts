import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { retelling } from '../../src/base/retold.ts';
import { judgeBenchmark } from '../../src/gates/benchmark.ts';
import { checkGate } from '../../src/gates/check-gate.ts';
import type { DeclaredGate } from '../../src/project/gates-schema.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import { CASES, contextOf, evaluation, RUN_CASES } from './cases.ts';

const german = retelling(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../l10n/core.l10n.de.json'), 'utf8')) as Record<string, string>,
);
const ENGLISH = /\b(approvals|changes|difference|examples|fewer|has|inputs|left|of|outputs|rate|to|while|with)\b/;

function gateOf(text: string): DeclaredGate {
  const project = `models:\n  fraud:\n    outputs: [m]\n    gates:\n      production:\n        - ${text}\n`;
  const gate = parseProject(project, 'x').models.fraud?.gates?.production?.[0];
  if (!gate) throw new Error('There is no gate.');
  return gate;
}

/** Pages and rows show what a gate measured in the language of the editor, with its numbers as they are. */
describe('what a gate measured, in German', () => {
  it.each(CASES)('is all German of $gate', ({ gate, passing, failing }) => {
    for (const part of [passing, failing])
      expect(german(checkGate(gateOf(gate), contextOf(part)).measured)).not.toMatch(ENGLISH);
  });

  it.each(RUN_CASES)('is all German of $gate', ({ gate, passing, failing }) => {
    for (const part of [passing, failing])
      expect(german(judgeBenchmark(gateOf(gate), part).measured)).not.toMatch(ENGLISH);
  });

  it('names what the other version has, and groups that are left out', () => {
    expect(german('0.91, while fraud@1 has 0.9')).toBe('0.91, fraud@1 dagegen 0.9');
    const evaluations = [
      ['F', 0.5, 50],
      ['M', 0.5, 50],
      ['X', 0, 3],
    ].map(([sex, selected, examples]) =>
      evaluation({ selection_rate: Number(selected), examples: Number(examples) }, { slice: `sex=${sex}` }),
    );
    const gate = gateOf('{bias: demographic-parity, by: sex, max: 0.1, min-examples: 10}');
    expect(german(checkGate(gate, contextOf({ evaluations })).measured)).toBe(
      'Auswahlrate sex=F 0.5, sex=M 0.5; 1 mit weniger als 10 Beispielen ausgelassen',
    );
  });
});
