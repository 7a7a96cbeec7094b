import { summariseFacts } from '../../modelfiles/facts-summary.ts';
import type { Inspection } from '../../modelfiles/inspect.ts';
import type { Completeness } from '../../modelfiles/model-format.ts';
import type { FactsAnswer } from '../../registry/api/facts.ts';
import { safeLine, styled } from '../terminal.ts';
import { modelSections } from './facts.ts';
import { labelOf } from './values.ts';

/** What was found in files of a person's. */
interface Inspected {
  readonly path: string;
  readonly inspection: Inspection;
  readonly completeness: Completeness;
  readonly withTensors: boolean;
}

/** `{path, formats, completeness, problems, facts?}`; the facts are those of `show --json`. */
export function inspectionJson({ path, inspection, completeness, withTensors }: Inspected): unknown {
  const { facts, formats, problems } = inspection;
  const summary = facts && summariseFacts(facts, labelIn(inspection));
  const tensors = withTensors && facts?.tensors ? { tensors: facts.tensors } : {};
  return { path, formats, completeness, problems, ...(summary ? { facts: { ...summary, ...tensors } } : {}) };
}

export function inspectionText({ path, inspection, completeness, withTensors }: Inspected): string {
  const { facts, formats, problems } = inspection;
  const title = styled('bold', safeLine(path, 1000));
  if (!facts) {
    const why =
      problems.length > 0 ? problems.map((problem) => safeLine(problem, 500)) : ['Of no format that is known here.'];
    return [title, ...why.map((line) => `  ${line}`)].join('\n');
  }
  const sections = modelSections(summariseFacts(facts, labelIn(inspection)), {
    tensors: withTensors ? facts.tensors : undefined,
    notes: problems,
    more: [
      ['files', filesText(formats)],
      ['whole', wholeText(completeness)],
    ],
  });
  return [title, ...sections].filter((text) => text !== '').join('\n');
}

/** What the files of a version say. */
export function answerText({ version, facts, tensors, problem }: FactsAnswer): string {
  const title = styled('bold', labelOf(version));
  if (!facts) return `${title}\n  ${safeLine(problem ?? 'Its files are of no format that is known here.', 500)}`;
  const sections = modelSections(facts, {
    tensors,
    notes: problem === undefined ? [] : [problem],
    more: [['weights', facts.weights ?? '']],
  });
  return [title, ...sections].filter((text) => text !== '').join('\n');
}

export function answerJson({ version, facts, tensors, readFrom, problem }: FactsAnswer): unknown {
  return {
    ref: labelOf(version),
    ...(facts ? { facts: { ...facts, ...(tensors ? { tensors } : {}) } } : {}),
    ...(readFrom === undefined ? {} : { readFrom }),
    problems: problem === undefined ? [] : [problem],
  };
}

function labelIn({ facts, formats }: Inspection): string {
  return formats.find(({ id }) => id === facts?.format)?.label ?? facts?.format ?? '';
}

const SHOWN_FILES = 5;

/** `2 of safetensors (a, b), 1 of ONNX (c)`, where there is more than one file. */
function filesText(formats: Inspection['formats']): string {
  if (formats.length === 1 && formats[0]?.paths.length === 1) return '';
  return formats
    .map(({ label, paths }) => {
      const shown = paths.slice(0, SHOWN_FILES).map((path) => safeLine(path, 100));
      const rest = paths.length > SHOWN_FILES ? ' …' : '';
      return `${paths.length} of ${safeLine(label)} (${shown.join(', ')}${rest})`;
    })
    .join(', ');
}

function wholeText(completeness: Completeness): string {
  switch (completeness.kind) {
    case 'complete':
      return 'yes';
    case 'plausible':
      return 'as far as can be told';
    case 'incomplete':
      return `${styled('yellow', 'no')}: ${safeLine(completeness.path, 200)}: ${safeLine(completeness.why, 300)}`;
  }
}
