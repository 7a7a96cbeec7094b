import { describe, expect, it } from 'vitest';
import { gatesJunit, gatesMarkdown } from '../../../src/cli/format/gate-reports.ts';
import type { GateReport, GateResult } from '../../../src/gates/evaluate-gates.ts';
import { sampleVersion } from './sample.ts';

function report(...results: readonly Partial<GateResult>[]): GateReport {
  const standing = {
    version: sampleVersion(),
    stage: 'production',
    kind: 'promote',
    isExclusive: true,
    stages: ['candidate', 'staging', 'production', 'archived'],
    formerNames: [],
    isAuthor: false,
    isOverrideAllowed: true,
    policyDigest: null,
    seen: { artifact: '', holder: null, gates: [] },
    results: [],
    approvals: [],
    policyGates: [],
  } as const;
  const whole = {
    gate: 'auc: at least 0.8',
    title: 'auc',
    required: 'at least 0.8',
    source: 'project',
    measured: '0.9',
  } as const;
  return {
    standing,
    found: [],
    commands: [],
    approvalsNeeded: 0,
    results: results.map((result) => ({ ...whole, outcome: 'passed', ...result })),
  };
}

const HOSTILE = '</testcase>|<img src=x>"&\n\u0000@all [a](b)`';

describe('results of gates for other programs', () => {
  it('are test cases of JUnit, of which one that could not be evaluated is an error', () => {
    const text = gatesJunit(
      report(
        {},
        { outcome: 'failed', measured: '0.7', why: 'auc 0.7 is below 0.8' },
        { outcome: 'not-evaluated', why: 'unknown' },
      ),
    );
    expect(text).toContain('<testsuites tests="3" failures="1" errors="1">');
    expect(text).toContain(
      '<failure message="auc 0.7 is below 0.8">required: at least 0.8&#10;measured: 0.7</failure>',
    );
    expect(text).toContain('<error message="unknown">');
    expect(text.match(/<testcase /g)).toHaveLength(3);
  });

  it('count a stage that there isn’t as a problem of the project file, not as a gate', () => {
    const why = 'prod is no stage of fraud. Correct the name';
    const found = report({}, { title: 'gates of prod', outcome: 'not-evaluated', unknownStage: 'prod', why });
    const text = gatesMarkdown(found);
    expect(text).toMatch(/^### .* passes the gates of production\n/);
    expect(text).toMatch(/\| auc \|.*\|\n\n⚠️ unknown stage prod: prod is no stage of fraud\. Correct the name\.\n$/);
    expect(gatesJunit(found)).toContain('<testsuites tests="2" failures="0" errors="1">');
  });

  it('are a table of Markdown', () => {
    const text = gatesMarkdown(report({}, { outcome: 'failed', measured: '0.7', why: 'auc 0.7 is below 0.8' }));
    expect(text).toMatch(/^### .* doesn’t pass 1 of 2 of the gates of production\n\n\| gate \| result /);
    expect(text).toContain('| auc | ❌ failed | 0.7 | at least 0.8 | auc 0.7 is below 0.8 |');
    expect(gatesMarkdown(report())).toContain('No gates are declared.');
  });

  it('stay text, whatever they are called', () => {
    const hostile = report({ gate: HOSTILE, title: HOSTILE, outcome: 'failed', why: HOSTILE });
    const text = gatesJunit(hostile);
    expect(text.match(/<\/testcase>/g)).toHaveLength(1);
    expect(text).not.toMatch(/<img|\u0000/);
    const [, , , , row = ''] = gatesMarkdown(hostile).split('\n');
    expect(row).not.toMatch(/<img|[^\\]`|@all|[^\\]\[/);
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(6);
  });
});
