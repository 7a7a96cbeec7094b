import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { parseProject } from '../../src/project/project-file.ts';

function problemsOf(text: string): unknown {
  try {
    parseProject(text, 'model-registry.yaml');
  } catch (error) {
    if (RegistryError.is(error, 'PROJECT_FILE_INVALID')) return error.details.problems;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('model-registry.yaml', () => {
  it('names the outputs of each model and what belongs to them', () => {
    const project = parseProject('models:\n  fraud:\n    outputs: [models/**]\n    metrics: [m.json]\n', 'x');
    expect(project.models.fraud).toEqual({
      outputs: ['models/**'],
      metrics: ['m.json'],
      params: [],
      data: [],
      tags: {},
    });
  });

  it('refuses a key that only a newer version knows, because an ignored gate would be no gate', () => {
    expect(problemsOf('models:\n  fraud:\n    outputs: [a]\n    gates:\n      production: []\n')).toEqual([
      { line: 4, column: 5, message: expect.stringContaining('"gates" isn\'t supported') },
    ]);
  });

  it.each([
    ['an absolute path', '/etc/passwd', 'must be relative'],
    ['a drive', 'C:/models', 'must be relative'],
    ['a parent folder', 'models/../../secret', 'leaves the workspace'],
    ['a backslash', 'models\\\\x', 'backslash'],
  ])('refuses %s', (_what, path, message) => {
    expect(problemsOf(`models:\n  fraud:\n    outputs:\n      - "${path}"\n`)).toEqual([
      { line: 4, column: 9, message: expect.stringContaining(message) },
    ]);
  });

  it('says where a mistake stands and what is known there', () => {
    expect(problemsOf('models:\n  fraud:\n    output: [a]\n')).toEqual([
      { line: 2, column: 3, message: expect.stringContaining('missing') },
      { line: 3, column: 5, message: expect.stringContaining('Known here: outputs') },
    ]);
    expect(problemsOf('models: [\n')).toEqual([expect.objectContaining({ line: expect.any(Number) })]);
    expect(problemsOf('models:\n  "a b":\n    outputs: [x]\n')).toEqual([expect.objectContaining({ line: 2 })]);
    expect(problemsOf('')).toEqual([expect.objectContaining({ line: 1 })]);
  });
});
