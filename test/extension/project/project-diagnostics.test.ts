import { describe, expect, it, vi } from 'vitest';

class Range {
  readonly at: readonly number[];
  constructor(...at: readonly number[]) {
    this.at = at;
  }
  intersection(other: Range) {
    return this.isEqual(other) ? this : undefined;
  }
  isEqual(other: Range) {
    return String(other.at) === String(this.at);
  }
}

const TEXT = "models:\n  fraud:\n    gates: {production: [{metric: 'acu', min: 0.5}]}\n";
const uri = { toString: () => 'file:///project', fsPath: '/project' };
const document = { uri, getText: () => TEXT };
const shown: { readonly range: Range }[] = [];
const nothing = () => ({ dispose: () => undefined });

vi.mock('vscode', () => ({
  CompletionItemKind: {},
  CodeActionKind: { QuickFix: 'quickfix' },
  DiagnosticSeverity: { Error: 0, Warning: 1 },
  Range,
  CodeAction: class {
    readonly title: string;
    constructor(title: string) {
      this.title = title;
    }
  },
  WorkspaceEdit: class {
    readonly replaced: unknown[] = [];
    replace(_uri: unknown, range: Range, text: string) {
      this.replaced.push([range.at, text]);
    }
  },
  Diagnostic: class {
    readonly range: Range;
    constructor(range: Range) {
      this.range = range;
    }
  },
  languages: {
    createDiagnosticCollection: () => ({ set: (_uri: unknown, all: typeof shown) => void shown.push(...all) }),
    registerCodeActionsProvider: nothing,
  },
  workspace: {
    textDocuments: [document],
    onDidOpenTextDocument: nothing,
    onDidCloseTextDocument: nothing,
    onDidChangeTextDocument: nothing,
  },
}));
const { ProjectDiagnostics } = await import('../../../src/extension/project/project-diagnostics.ts');

describe('quick fixes', () => {
  it('put what was probably meant in the place of the whole word, and nothing where the text is another by now', async () => {
    const connection = {
      projectProblems: async () => [],
      unknownNames: async () => [
        { line: 3, column: 35, message: 'x', meant: { word: 'acu', names: ['auc', 'val auc: 1'], isNear: true } },
        { line: 3, column: 13, message: 'y', meant: { word: 'another', names: ['auc'], isNear: true } },
      ],
    };
    const registries = { byRoot: async () => ({ exists: true, connection }), onDidChange: nothing };
    const files = { roots: [{}], uriOf: () => uri, rootOf: () => ({}), onDidChange: nothing };
    const diagnostics = new ProjectDiagnostics(files as never, registries as never, {} as never);
    await expect
      .poll(() => shown.map(({ range }) => range.at))
      .toEqual([
        [2, 34, 2, 39],
        [2, 12, 2, 22],
      ]);
    const [first, second] = shown;
    const fixes = (range: Range | undefined, text: string) =>
      diagnostics.provideCodeActions(
        { uri, getText: () => text } as never,
        range as never,
        { diagnostics: shown } as never,
      );
    expect(fixes(first?.range, "'acu'")).toMatchObject([
      {
        title: 'Change to auc',
        isPreferred: true,
        edit: { replaced: [[[2, 34, 2, 39], 'auc']] },
        diagnostics: [first],
      },
      { title: 'Change to val auc: 1', isPreferred: false, edit: { replaced: [[[2, 34, 2, 39], '"val auc: 1"']] } },
    ]);
    expect(fixes(first?.range, 'other')).toEqual([]);
    expect(fixes(second?.range, 'production')).toEqual([]);
  });
});
