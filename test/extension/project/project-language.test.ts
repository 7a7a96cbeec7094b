import { describe, expect, it, vi } from 'vitest';
import type { GatesNow } from '../../../src/workers/project-messages.ts';

vi.mock('vscode', () => ({ CompletionItemKind: {} }));
const { snippetOf } = await import('../../../src/extension/project/project-keys.ts');
const { gatesTitle, gatesTooltip } = await import('../../../src/extension/project/project-language.ts');

const gate = (outcome: 'passed' | 'failed' | 'not-evaluated', why?: string) => ({
  title: 'auc',
  required: 'at least 0.9',
  outcome,
  measured: '0.91',
  isWaiting: false,
  ...(why === undefined ? {} : { why }),
});

function now(results: GatesNow['results'], isThere = false): GatesNow {
  const place = { line: 1, column: 1, model: 'fraud', stage: 'production', versionId: 'x', number: 7, isThere };
  return { ...place, results, unknownStages: [] };
}

/** Beside gates for a stage that the model doesn't have. */
function besideUnknown(results: GatesNow['results']): GatesNow {
  return { ...now(results), unknownStages: [{ name: 'prod', why: 'prod is no stage of fraud. Correct the name' }] };
}

describe('what stands over the gates of a stage', () => {
  it.each([
    [now([gate('passed')]), '$(pass)\u00a0@7: 1 of 1 gate passed'],
    [
      now([gate('passed'), gate('failed', 'auc 0.8 is below 0.9')]),
      '$(error)\u00a0@7: 1 of 2 gates passed — auc 0.8 is below 0.9',
    ],
    [now([gate('not-evaluated', 'it hasn’t run')]), '$(question)\u00a0@7: 0 of 1 gate passed — auc: it hasn’t run'],
    [now([gate('passed')], true), '$(pass)\u00a0@7 (there now): 1 of 1 gate passed'],
    [
      now([gate('passed'), { ...gate('failed', 'no approval yet, 1 needed'), title: 'approvals', isWaiting: true }]),
      '$(clock)\u00a0@7: 1 of 2 gates passed — no approval yet, 1 needed',
    ],
    [
      now([
        { ...gate('failed', 'no approval yet'), isWaiting: true },
        gate('failed', `auc ${'is far too low '.repeat(9)}`),
      ]),
      '$(error)\u00a0@7: 0 of 2 gates passed — auc is far too low is far too low is fa…',
    ],
    [
      now([
        {
          ...gate('failed', 'auc on data/holdout-of-the-year-2025.csv 0.8 is below 0.9'),
          title: 'auc on data/holdout-of-the-year-2025.csv',
        },
      ]),
      '$(error)\u00a0@7: 0 of 1 gate passed — auc on data/ho…025.csv 0.8 is below 0.9',
    ],
    [now([]), '$(pass)\u00a0@7: no gates'],
    [besideUnknown([gate('passed')]), '$(warning)\u00a0@7: 1 of 1 gate passed — unknown stage prod'],
    [
      besideUnknown([gate('not-evaluated', 'it hasn’t run')]),
      '$(warning)\u00a0@7: 0 of 1 gate passed — unknown stage prod',
    ],
    [besideUnknown([gate('failed', 'auc is low')]), '$(error)\u00a0@7: 0 of 1 gate passed — auc is low'],
  ])('%#: %s', (gates, title) => {
    expect(gatesTitle(gates)).toBe(title);
  });

  it('makes no icon, line or direction of what a registry says', () => {
    const title = gatesTitle(now([gate('failed', 'auc $(trash)\n\u202eis low')]));
    expect(title).toBe('$(error)\u00a0@7: 0 of 1 gate passed — auc $ (trash) is low');
  });

  it('tells each gate in the tooltip', () => {
    expect(gatesTooltip(now([gate('passed'), gate('failed', 'too low')]))).toBe(
      'fraud@7\npassed: auc at least 0.9 (0.91)\nfailed: auc at least 0.9 (0.91; too low)',
    );
    expect(gatesTooltip(besideUnknown([gate('passed')]))).toBe(
      'fraud@7\nprod is no stage of fraud. Correct the name\npassed: auc at least 0.9 (0.91)',
    );
  });
});

it('writes a key with what is around its value, on lines and between braces', () => {
  const written = (shape: Parameters<typeof snippetOf>[0]['shape'], isInFlow = false) =>
    snippetOf({ name: 'k', shape }, isInFlow);
  expect([written('text'), written('list'), written('map'), written('list-of-maps')]).toEqual([
    'k: ',
    'k: [$0]',
    'k:\n\t$0',
    'k:\n\t- $0',
  ]);
  expect([written('map', true), written('list-of-maps', true)]).toEqual(['k: {$0}', 'k: [{$0}]']);
});
