import { beforeAll, describe, expect, it } from 'vitest';
import { sizeText } from '../../../src/base/size.ts';
import type { LogEntry } from '../../../src/catalog/read-models/log.ts';
import { logText } from '../../../src/cli/format/log.ts';
import { registeredLine, registeredText } from '../../../src/cli/format/registered.ts';
import { atText, modelsTable, versionsTable } from '../../../src/cli/format/tables.ts';
import { timeText } from '../../../src/cli/format/values.ts';
import { verifyText } from '../../../src/cli/format/verify-report.ts';
import { progressText } from '../../../src/cli/progress.ts';
import { jsonText, safeLine } from '../../../src/cli/terminal.ts';
import { sampleVersion, withoutColour } from './sample.ts';

beforeAll(withoutColour);

describe('sizes and times', () => {
  it('are written for people', () => {
    expect([0, 999, 1000, 9949, 123_456, 5_200_000_000].map(sizeText)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '9.9 kB',
      '123 kB',
      '5.2 GB',
    ]);
    expect(timeText(new Date(2026, 4, 3, 14, 5, 9).toISOString())).toBe('2026-05-03 14:05:09');
    expect(timeText('soon\u001b[31m')).toBe('soon\ufffd[31m');
  });
});

describe('what was in which stage', () => {
  const time = '2026-03-03T12:00:00.000Z';
  const beginsAt = '2026-11-23T09:00:00.000Z';
  const holder = {
    ...{ model: 'fraud', stage: 'production', number: 1, versionId: '01M8475N7N7GNZ6HZ4NA5CER3K' },
    ...{ since: '2026-03-02T09:00:00.000Z', by: { name: 'Ann', email: '' }, reason: 'first' },
  };

  it('is told as claimed where the log took it over later', () => {
    const text = atText({ time, seq: 0, beginsAt, holders: [{ ...holder, isClaimed: true }] });
    expect(text).toContain(`${timeText(holder.since)} (claimed)`);
    expect(text).toContain(`This log begins at ${timeText(beginsAt)}: what is claimed`);
    expect(atText({ time, seq: 9, holders: [holder] })).not.toContain('claimed');
  });

  it('is not said to be nothing where the log knows nothing of the time', () => {
    expect(atText({ time, seq: 0, beginsAt, holders: [] })).toBe(
      `This log begins at ${timeText(beginsAt)}: it doesn't tell what was in which stage at ${timeText(time)}.`,
    );
    expect(atText({ time, seq: 9, holders: [] })).toContain('no version was beyond candidate');
  });

  it('says that a clock was ahead, and what that means for the moment', () => {
    const ahead = { seq: 4, at: '2027-11-23T09:00:00.000Z' };
    const first = `A clock was ahead when commit 4 was recorded: it says ${timeText(ahead.at)}`;
    const before = atText({ time, seq: 3, ahead, holders: [holder] });
    expect(before).toContain(first);
    expect(before).toContain("isn't counted here; `at now` counts it");
    expect(atText({ time, seq: 5, ahead, holders: [] })).toMatch(
      /no version was beyond candidate\.\nA clock .*times since then aren't\.$/,
    );
  });
});

describe('the log', () => {
  const entry: LogEntry = {
    cursor: '12.0',
    seq: 12,
    id: '01M8475N7N7GNZ6HZ4NA5CER3K',
    at: '2026-11-23T09:00:00.000Z',
    askedAt: '2026-11-23T09:00:00.000Z',
    by: { name: 'Ann Lee', email: 'ann@example.org' },
    via: 'cli',
    summary: 'Promoted fraud-detector@7 to production in place of 6',
    reason: 'Better',
    events: [],
    kind: 'change',
  };
  const now = Date.parse('2026-11-23T09:03:30.000Z');

  it('tells when, what, who and why in two lines', () => {
    const time = timeText(entry.at);
    expect(logText([entry], now)).toBe(
      `  12  ${time} (3 minutes ago)  Promoted fraud-detector@7 to production in place of 6\n      Ann Lee <ann@example.org> (claimed), on the command line: Better`,
    );
  });

  it('says when something was asked long before it was recorded', () => {
    const late = { ...entry, askedAt: '2026-11-20T09:00:00.000Z' };
    expect(logText([late], now)).toContain(`asked at ${timeText(late.askedAt)}`);
  });

  it('shows what was taken over at the time that its author claims, and folds its files', () => {
    const taken = { ...entry, via: 'import', askedAt: '2026-01-02T03:04:05.000Z' };
    const text = logText([taken], now);
    expect(text).toContain(`${timeText(taken.askedAt)} (claimed; shared ${timeText(taken.at)})`);
    expect(text).not.toContain('asked at');
    const files = {
      ...taken,
      summary: 'Stored artifact 0123456789ab',
      events: [{ type: 'artifact.published' as const, artifact: '0'.repeat(64) }],
    };
    expect(logText([taken, files, files], now)).toBe(
      `${text}\n      2 entries about stored files alone aren’t shown; --json has them`,
    );
  });

  it('says what had no effect, and why', () => {
    expect(logText([{ ...entry, void: 'The version was deleted.' }], now)).toContain(
      'No effect: Promoted fraud-detector@7 to production in place of 6 (The version was deleted.)',
    );
  });
});

describe('registering', () => {
  it('tells the facts and what is in production', () => {
    const version = sampleVersion({ metrics: { auc: 0.93 } });
    const production = sampleVersion({ number: 6, metrics: { auc: 0.912 } });
    expect(registeredText({ version, isNew: true, production })).toBe(
      'Registered fraud-detector@7: 2 files, 1.2 kB, auc 0.93\nIn production is fraud-detector@6: auc 0.912',
    );
    expect(registeredText({ version, isNew: false })).toBe(
      'These files are fraud-detector@7 already: 2 files, 1.2 kB, auc 0.93',
    );
    expect(registeredLine({ version, isNew: true, production }).split('\n')).toHaveLength(1);
  });
});

describe('tables', () => {
  it('hold a name that would break them on one line', () => {
    const version = sampleVersion({ createdBy: { name: 'Ann\nLee\u001b[31m', email: '' } });
    expect(versionsTable([version], true).split('\n')).toHaveLength(2);
    expect(versionsTable([version], true)).toContain('Ann Lee\ufffd[31m');
  });

  it('say that a model has nothing in production', () => {
    const { id, createdAt, createdBy } = sampleVersion();
    const model = { id, name: 'empty', description: '', tags: {}, createdAt, createdBy, versions: 0 };
    expect(modelsTable([model]).split('\n')[1]?.split(/ {2,}/)).toEqual(['empty', 'none', 'none', '0']);
  });
});

describe('a report of damage', () => {
  const report = {
    commits: 4,
    manifests: 2,
    objects: 3,
    bytes: 2000,
    head: { seq: 4, hash: '' },
    problems: [],
    voids: [],
  };

  it('counts what was checked', () => {
    expect(verifyText(report, true)).toBe('Sound: checked 4 commits, 2 manifests, 3 objects (2.0 kB).');
    expect(verifyText(report, false)).toBe('Sound: checked 4 commits.');
  });

  it('names the key, what to do, and the versions that are affected', () => {
    const problem = {
      code: 'OBJECT_MISSING',
      key: 'objects/sha256/ab/abcd',
      message: 'It is missing. Put it back.',
      versions: ['fraud-detector@1', 'fraud-detector@2'],
    } as const;
    expect(verifyText({ ...report, problems: [problem] }, true)).toBe(
      [
        'Found 1 problem in 4 commits, 2 manifests, 3 objects (2.0 kB):',
        '  OBJECT_MISSING  objects/sha256/ab/abcd',
        '    It is missing. Put it back.',
        '    Affected: fraud-detector@1, fraud-detector@2',
      ].join('\n'),
    );
  });
});

describe('progress', () => {
  it('has a bar where the total is known', () => {
    const text = progressText({ step: 'Restoring', doneBytes: 500, totalBytes: 1000 });
    expect(text).toBe(`Restoring ${'█'.repeat(12)}${'░'.repeat(12)} 500 bytes of 1.0 kB`);
    expect(progressText({ step: 'Checking commit 4', doneBytes: 0 })).toBe('Checking commit 4');
  });
});

describe('text of any origin', () => {
  it('is cut, and kept on its line', () => {
    expect(safeLine(`${'a'.repeat(300)}`, 10)).toBe('aaaaaaaaa…');
    expect(safeLine('one\n\ttwo\r')).toBe('one two\ufffd');
  });

  it('stays the same value in JSON, in characters that do nothing', () => {
    const value = { text: 'x\u001b[31m\u009b31m\u202ey', name: 'grün' };
    const text = jsonText(value, 2);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
