import { beforeAll, describe, expect, it } from 'vitest';
import { transitionText } from '../../../src/cli/format/transition.ts';
import { sampleVersion, withoutColour } from './sample.ts';

beforeAll(withoutColour);

const previous = sampleVersion({ id: 'previous', number: 6, stage: 'archived', metrics: { auc: 0.912, loss: 0.1 } });
const moved = {
  seq: 12,
  at: '2026-11-23T09:00:00.000Z',
  pending: false,
  from: 'candidate',
  to: 'production',
  kind: 'promote',
} as const;

describe('what a move says', () => {
  it('names the version, what it displaced, and how its headline metric changed', () => {
    const version = sampleVersion({ stage: 'production', metrics: { loss: 0.2, auc: 0.93 } });
    expect(transitionText({ ...moved, version, displaced: [previous] }, { production: version })).toBe(
      [
        'Promoted fraud-detector@7 from candidate to production',
        'fraud-detector@6 moved from production to archived',
        'auc is 0.93, against 0.912 of fraud-detector@6 (+0.018, better)',
      ].join('\n'),
    );
  });

  it('compares with production where the move displaced nothing', () => {
    const version = sampleVersion({ stage: 'staging', metrics: { loss: 0.2 } });
    const production = sampleVersion({ id: 'other', number: 3, stage: 'production', metrics: { loss: 0.1 } });
    expect(transitionText({ ...moved, to: 'staging', version, displaced: [] }, { production })).toBe(
      [
        'Promoted fraud-detector@7 from candidate to staging',
        'loss is 0.2, against 0.1 of fraud-detector@3, which is in production (+0.1, worse)',
      ].join('\n'),
    );
  });

  it('is silent about metrics where the two share none, and where the version is itself what is in production', () => {
    const version = sampleVersion({ stage: 'production', metrics: { f1: 0.8 } });
    expect(transitionText({ ...moved, version, displaced: [previous] }, { production: version })).not.toContain(
      'against',
    );
    expect(transitionText({ ...moved, version, displaced: [] }, { production: version })).toBe(
      'Promoted fraud-detector@7 from candidate to production',
    );
  });

  it('says what was rolled back to', () => {
    const version = sampleVersion({ stage: 'production' });
    const result = { ...moved, version, from: 'archived', kind: 'rollback', displaced: [previous] } as const;
    expect(transitionText(result, { production: version })).toBe(
      'Rolled production back to fraud-detector@7\nfraud-detector@6 moved from production to archived',
    );
  });
});
