import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { tellWith } from '../../../src/base/retold.ts';
import type { RequestHandlers } from '../../../src/extension/messages/answers.ts';
import { pageActions } from '../../../src/extension/messages/requests.ts';
import { pageAnswers } from '../../../src/extension/pages/answer.ts';
import { NOTHING_OF_VERSIONS } from '../../../src/extension/pages/not-on-page.ts';
import { comparison } from '../../webviews/comparison-examples.ts';
import { idOf } from '../../webviews/examples.ts';

function host(overrides: Partial<RequestHandlers<'comparison'>> = {}) {
  const calls: unknown[] = [];
  const warnings: string[] = [];
  const errors: string[] = [];
  const record = async (params: unknown) => void calls.push(params);
  const handlers: RequestHandlers<'comparison'> = {
    load: async () => comparison(2),
    act: record,
    keep: record,
    manageTrust: record,
    openVersion: record,
    openComparison: record,
    copyText: record,
    registerFile: record,
    tensorRows: async () => ({ rows: [], matching: 0 }),
    ...NOTHING_OF_VERSIONS,
    ...overrides,
  };
  const log = { warn: (text: string) => void warnings.push(text), error: (text: string) => void errors.push(text) };
  const progress: unknown[] = [];
  const { answer, dispose } = pageAnswers(handlers, log, { onProgress: (message) => void progress.push(message) });
  return { calls, warnings, errors, progress, answer, dispose };
}

describe('answering a page', () => {
  it('answers a load with data and everything else when it is done', async () => {
    const { answer, calls } = host();
    expect(await answer({ id: 1, method: 'load', params: {} })).toEqual({
      kind: 'data',
      id: 1,
      method: 'load',
      data: comparison(2),
    });
    for (const action of pageActions) {
      const params = { action, versionId: idOf(1) };
      expect(await answer({ id: 2, method: 'act', params })).toEqual({ kind: 'done', id: 2 });
      expect(calls.at(-1)).toEqual(params);
    }
  });

  it('tells what failed in the language of the person, and logs it in English', async () => {
    tellWith(() => ({ 'the folder is gone': 'der Ordner ist weg' }));
    const { answer, errors } = host({ load: () => Promise.reject(new Error('the folder is gone')) });
    expect(await answer({ id: 1, method: 'load', params: {} })).toMatchObject({
      error: { message: 'der Ordner ist weg' },
    });
    tellWith(undefined);
    expect(errors.join()).toContain('Error: the folder is gone');
  });

  it('tells how far long work is, and ends it when nobody waits any more', async () => {
    const compared: AbortSignal[] = [];
    const { answer, progress, errors, dispose } = host({
      compareTensors: (_params, { onProgress, signal }) => {
        onProgress?.({ step: 'Comparing tensors', doneBytes: 1, totalBytes: 2 });
        return new Promise((_resolve, reject) => {
          if (signal) compared.push(signal);
          signal?.addEventListener('abort', () => reject(new RegistryError('OPERATION_CANCELLED', 'Cancelled.')));
        });
      },
    });
    const params = { before: idOf(1), after: idOf(2) };
    const first = answer({ id: 7, method: 'compareTensors', params });
    expect(progress).toEqual([
      { kind: 'progress', id: 7, progress: { step: 'Comparing tensors', doneBytes: 1, totalBytes: 2 } },
    ]);
    expect(await answer({ id: 8, method: 'cancel', params: { request: 7 } })).toBeUndefined();
    expect(await first).toMatchObject({ kind: 'failure', id: 7, error: { code: 'OPERATION_CANCELLED' } });
    const second = answer({ id: 9, method: 'compareTensors', params });
    dispose();
    expect(await second).toMatchObject({ kind: 'failure', id: 9 });
    expect(compared.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(errors).toEqual([]);
  });

  it('tells a page what failed, with the code where the registry gave one', async () => {
    const { answer, errors } = host({
      load: () => Promise.reject(new RegistryError('VERSION_NOT_FOUND', 'There is no such version.')),
      copyText: () => Promise.reject(new TypeError('no clipboard')),
    });
    expect(await answer({ id: 3, method: 'load', params: {} })).toEqual({
      kind: 'failure',
      id: 3,
      error: { code: 'VERSION_NOT_FOUND', message: 'There is no such version.' },
    });
    expect(await answer({ id: 4, method: 'copyText', params: { text: 'x', what: 'it' } })).toMatchObject({
      kind: 'failure',
      error: { code: 'UNEXPECTED', message: 'no clipboard' },
    });
    expect(errors).toHaveLength(2);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'load'],
    ['an unknown method', { id: 1, method: 'eval', params: {} }],
    ['a method that every object has', { id: 1, method: 'constructor', params: {} }],
    ['no id', { method: 'load', params: {} }],
    ['an id that is no number', { id: '1', method: 'load', params: {} }],
    ['an infinite id', { id: Number.POSITIVE_INFINITY, method: 'load', params: {} }],
    ['more than the contract has', { id: 1, method: 'load', params: {}, command: 'x' }],
    ['params of another method', { id: 1, method: 'load', params: { text: 'x' } }],
    ['an action outside the list', { id: 1, method: 'act', params: { action: 'deleteModel', versionId: idOf(1) } }],
    [
      'a command as an action',
      { id: 1, method: 'act', params: { action: 'workbench.action.quit', versionId: idOf(1) } },
    ],
    ['a version that is no id', { id: 1, method: 'act', params: { action: 'promote', versionId: '../../etc' } }],
    ['one version to compare', { id: 1, method: 'openComparison', params: { versionIds: [idOf(1)] } }],
    ['nine versions to compare', { id: 1, method: 'openComparison', params: { versionIds: Array(9).fill(idOf(1)) } }],
    ['one version twice', { id: 1, method: 'arrangeComparison', params: { versionIds: [idOf(1), idOf(1)] } }],
    ['an endless reference', { id: 1, method: 'openVersion', params: { ref: 'x'.repeat(1001) } }],
    ['an endless text to copy', { id: 1, method: 'copyText', params: { text: 'x'.repeat(2_000_001), what: 'it' } }],
  ])('ignores %s, and writes it to the log', async (_, message) => {
    const { answer, calls, warnings } = host();
    expect(await answer(message)).toBeUndefined();
    expect(calls).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});
