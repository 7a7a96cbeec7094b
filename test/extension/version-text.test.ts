import { describe, expect, it } from 'vitest';
import {
  claimedMomentText,
  headlineText,
  labelOf,
  momentText,
  oneLine,
  plainMessage,
  registeredText,
  withShortPaths,
} from '../../src/extension/version-text.ts';
import { versionSummary } from '../webviews/examples.ts';

const version = (number: number, metrics: Record<string, number>) => versionSummary(number, { metrics });

describe('a version in words', () => {
  it('is model and number, and a draft while it has none', () => {
    const two = versionSummary(2);
    expect(labelOf(two)).toBe(`${two.model}@2`);
    expect(labelOf({ ...two, pending: true })).toBe(`${two.model}@draft-${two.id.slice(-6)}`);
  });

  it('says by whose word it was registered earlier', () => {
    const [at, claimed] = ['2023-11-21T12:00:00.000Z', '2022-05-03T12:00:00.000Z'];
    expect(claimedMomentText(at, undefined, 'mlflow:churn/3')).toBe('21 Nov 2023');
    expect(claimedMomentText(at, claimed)).toBe('3 May 2022 (claimed; shared 21 Nov 2023)');
    expect(claimedMomentText(at, claimed, 'mlflow:churn/3')).toBe(
      '3 May 2022 (as mlflow:churn/3 says; imported 21 Nov 2023)',
    );
  });

  it('shows the preferred metric where the version has it, else the one that tells most', () => {
    const two = version(2, { auc: 0.91234, cost: 12 });
    expect(headlineText(two, undefined)).toBe('auc 0.9123');
    expect(headlineText(two, 'cost')).toBe('cost 12');
    expect(headlineText(two, 'absent')).toBe('auc 0.9123');
    expect(headlineText(version(2, {}), undefined)).toBe('');
  });

  it('lets a long name of a metric hide no value: it loses its middle, as its end tells it from others', () => {
    const long = 'validation_loss_on_the_holdout_of_october';
    expect(headlineText(version(2, { [long]: 0.91234 }), undefined)).toBe('validation_lo…ctober 0.9123');
    expect(registeredText({ version: version(2, { [long]: 0.91234 }), isNew: true }, undefined)).toBe(
      `fraud-detector@2 registered: ${long} 0.9123`,
    );
  });

  it('is measured against production when it is registered', () => {
    const result = { version: version(2, { auc: 0.912 }), production: version(1, { auc: 0.899 }), isNew: true };
    expect(registeredText(result, undefined)).toBe(
      `${labelOf(result.version)} registered: auc 0.912 (+0.013 against production 1)`,
    );
  });

  it('is not measured where production lacks the metric, or there is none', () => {
    const two = version(2, { auc: 0.912 });
    const text = `${labelOf(two)} registered: auc 0.912`;
    expect(registeredText({ version: two, production: version(1, { f1: 1 }), isNew: true }, undefined)).toBe(text);
    expect(registeredText({ version: two, isNew: true }, undefined)).toBe(text);
    expect(registeredText({ version: version(2, {}), isNew: true }, undefined)).toBe(`${labelOf(two)} registered`);
  });
});

describe('a moment', () => {
  const now = new Date(2026, 10, 23, 18, 0);
  it('is as short as it can be without being another one', () => {
    expect(momentText(new Date(2026, 10, 23, 9, 5).toISOString(), now)).toBe('09:05');
    expect(momentText(new Date(2026, 2, 3, 9, 5).toISOString(), now)).toBe('3 Mar, 09:05');
    expect(momentText(new Date(2025, 2, 3, 9, 5).toISOString(), now)).toBe('3 Mar 2025');
  });

  it('that isn’t one is shown as it is', () => {
    expect(momentText('yesterday', now)).toBe('yesterday');
  });
});

describe('text from a registry', () => {
  it('stays on one line, without control characters and changed directions', () => {
    expect(oneLine('a\r\nb\u001b[31mc\u202ed')).toBe('a b [31mc d');
    expect(oneLine('👩‍💻 👨‍👩‍👧 ❤️‍🔥')).toBe('👩‍💻 👨‍👩‍👧 ❤️‍🔥');
    expect(oneLine('ad\u200dmin \u200d👩')).toBe('ad min  👩');
    expect(oneLine('x'.repeat(300), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(oneLine('👩‍💻'.repeat(3), 9)).toBe('👩‍💻…');
  });

  it('makes no link in a notification', () => {
    expect(plainMessage('[free](command:workbench.action.quit)')).toBe('[free] (command:workbench.action.quit)');
    expect(plainMessage('Run `git fetch --all`, or ``.')).toBe('Run “git fetch --all”, or ``.');
  });
});

describe('a message in a row', () => {
  it('has the ends of paths, on any system, and keeps what only looks like one', () => {
    expect(withShortPaths('Commit 1 in /home/ada/x/.model-registry isn’t whole.')).toBe(
      'Commit 1 in …/x/.model-registry isn’t whole.',
    );
    expect(withShortPaths('“C:\\Users\\ada\\x” can’t be read: put log/0001.jsonl back.')).toBe(
      '“…\\ada\\x” can’t be read: put log/0001.jsonl back.',
    );
    const folder = '/home/ada lovelace/my models/x/.model-registry';
    const inSpaces = `The log in ${folder} ends at commit 2: put ${folder}/log/3.json back.`;
    expect(withShortPaths(inSpaces, folder)).toBe(
      'The log in …/x/.model-registry ends at commit 2: put …/log/3.json back.',
    );
    expect(withShortPaths('“/home/ada lovelace/my models” is gone, and “/srv/b” too')).toBe(
      '“…/ada lovelace/my models” is gone, and “/srv/b” too',
    );
    for (const text of ['2/3 of them, and/or none', 'https://contoso.blob.core.windows.net/models/x is away'])
      expect(withShortPaths(text)).toBe(text);
  });
});
