import { describe, expect, it } from 'vitest';
import { withModel } from '../../src/project/add-model.ts';
import { parseProject } from '../../src/project/parse-project.ts';

const CHURN = { outputs: ['models/churn.pkl'], metrics: ['metrics.json'], params: [] };

describe('declaring a model that was found', () => {
  it('makes a project file that says what it is', () => {
    expect(
      withModel(undefined, 'churn', CHURN),
    ).toBe(`# Which files training writes, and what belongs to them. Commit this file.
# A version is registered whenever the outputs of a model are complete.

models:
  churn:
    outputs: [models/churn.pkl]
    metrics: [metrics.json]
`);
  });

  it('keeps comments, order and style of what is there', () => {
    const text = `# Ours.
remote: https://account.blob.core.windows.net/models # the team's

models:
  # The first one.
  fraud:
    outputs:
      - models/fraud/** # all of it
    tags: { team: risk }
`;
    expect(withModel(text, 'churn', CHURN)).toBe(`${text}  churn:
    outputs: [models/churn.pkl]
    metrics: [metrics.json]
`);
  });

  it('keeps what stands behind the models, and how lines end', () => {
    const text = 'models:\r\n    fraud:\r\n        outputs: [x]\r\n\r\n# The end.\r\nremote: /mnt/models\r\n';
    const result = withModel(text, 'churn', CHURN);
    expect(result.replace(/ {4}churn:[\s\S]*metrics\.json\]\r\n/, '')).toBe(text);
    expect(result).not.toMatch(/[^\r]\n/);
    expect(parseProject(result, 'x').models.churn?.outputs).toEqual(['models/churn.pkl']);
  });

  it('adds to models that stand on one line', () => {
    const result = withModel('models: {fraud: {outputs: [x]}} # ours\n', 'churn', CHURN);
    expect(Object.keys(parseProject(result, 'x').models)).toEqual(['fraud', 'churn']);
    expect(result).toContain('# ours');
  });

  it.each(['models: {}\n', '# Nothing yet\nmodels: {}\n'])('fills in a file that declares nothing: %j', (text) => {
    const result = withModel(text, 'churn', CHURN);
    expect(Object.keys(parseProject(result, 'x').models)).toEqual(['churn']);
    expect(result).toContain('models:\n  churn:\n');
  });

  it('quotes what YAML would read as something else', () => {
    const odd = { outputs: ['*.pt', 'aa: b', '[x]/y.pt', 'null'], metrics: [], params: [] };
    expect(parseProject(withModel(undefined, '1.0', odd), 'x').models['1.0']?.outputs).toEqual(odd.outputs);
  });

  it('changes nothing in a file that has a mistake', () => {
    expect(() => withModel('models:\n  fraud: {output: [x]}\n', 'churn', CHURN)).toThrow('did you mean "outputs"');
  });

  it('refuses a name that is taken', () => {
    expect(() => withModel('models: {churn: {outputs: [x]}}\n', 'churn', CHURN)).toThrow('already');
  });
});
