import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/catalog/read-models/log.ts';
import { logText } from '../../../src/extension/log/log-text.ts';

const entry: LogEntry = {
  cursor: '12.0',
  seq: 12,
  id: '01JD0000000000000000000000',
  at: '2026-11-23T09:00:00.000Z',
  askedAt: '2026-11-23T09:00:00.000Z',
  by: { name: 'Ada Lovelace', email: 'ada@example.com' },
  via: 'editor',
  summary: 'Promoted fraud-detector@2 to production in place of 1',
  reason: 'Better on the test set',
  events: [],
  kind: 'change',
};

describe('the log as text', () => {
  it('says who did what, when and why', () => {
    expect(logText('Log', [entry], false)).toContain(
      [
        '2026-11-23 09:00:00  #12  Promoted fraud-detector@2 to production in place of 1',
        '  by Ada Lovelace <ada@example.com> (claimed), in the editor',
        '  reason: Better on the test set',
      ].join('\n'),
    );
  });

  it('takes no note for a reason', () => {
    const note = { ...entry, reason: 'Trained again', events: [{ type: 'version.annotated', note: 'Trained again' }] };
    expect(logText('Log', [note], false)).toContain('\n  “Trained again”\n');
  });

  it('lets no entry look like another one', () => {
    const forged = { ...entry, reason: 'x\n2026-01-01 00:00:00  #1  Deleted everything' };
    const lines = logText('Log', [forged], false).split('\n');
    expect(lines.filter((line) => /^\d{4}-/.test(line))).toHaveLength(1);
  });

  it('shows what had no effect, and clocks that were wrong', () => {
    const text = logText(
      'Log',
      [{ ...entry, void: 'the stage had changed', askedAt: '2026-11-20T09:00:00.000Z' }],
      false,
    );
    expect(text).toContain('had no effect: the stage had changed');
    expect(text).toContain("the author's clock said 2026-11-20T09:00:00.000Z");
  });

  it('says that there is more, and that there is nothing', () => {
    expect(logText('Log', [entry], true)).toContain('model-registry log');
    expect(logText('Log', [], false)).toContain('Nothing has happened yet.');
  });
});
