import { expect, it } from 'vitest';
import { startProblem } from '../../src/base/start-problem.ts';

const failure = (code: string) => Object.assign(new Error(`spawn conda ${code}`), { code });

it('a program that can’t be started: on Windows it may be a script, and elsewhere it is missing', () => {
  expect(startProblem(failure('ENOENT'), 'linux')).toBe('spawn conda ENOENT');
  expect(startProblem(failure('EINVAL'), 'win32')).toMatch(/^spawn conda EINVAL \(a script, .* cmd \/c NAME\)$/);
  expect(startProblem(failure('EACCES'), 'win32')).toBe('spawn conda EACCES');
});
