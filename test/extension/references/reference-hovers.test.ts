import { describe, expect, it, vi } from 'vitest';

const asked: { hover?: (document: unknown, position: unknown, token: unknown) => Promise<{ text: string }> } = {};

vi.mock('vscode', () => ({
  DocumentLink: class {},
  Range: class {},
  ThemeIcon: class {},
  Disposable: { from: () => undefined },
  Uri: { from: () => 'command:show' },
  MarkdownString: class {
    value = '';
    appendMarkdown(text: string) {
      this.value += text;
    }
  },
  Hover: class {
    readonly text: string;
    constructor({ value }: { value: string }) {
      this.text = value.replace(/\\|&nbsp;/g, '').replace(/\u00a0/g, ' ');
    }
  },
  workspace: { getConfiguration: () => ({ get: () => '' }), getWorkspaceFolder: () => undefined },
  languages: {
    registerHoverProvider: (_: unknown, provider: { provideHover: typeof asked.hover }) => {
      if (provider.provideHover) asked.hover = provider.provideHover;
    },
    registerDocumentLinkProvider: () => undefined,
  },
}));

const { explainReferences } = await import('../../../src/extension/references/reference-hovers.ts');

const by = { name: 'Ada', email: 'ada@example.com' };
const at = '2026-11-20T09:00:00.000Z';
const version = {
  ...{ id: 'V', modelId: 'M', model: 'fraud', number: 7, stage: 'production', stageSince: at, stageBy: by },
  ...{
    createdAt: at,
    createdBy: by,
    via: 'cli',
    description: 'what was tried',
    tags: { team: 'risk' },
    aliases: [],
    metrics: Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`metric ${number}`, number / 10])),
    params: {},
  },
  ...{ artifact: { digest: 'a'.repeat(64), sizeBytes: 1, fileCount: 1 }, pending: false },
};

async function hoverAt(text: string): Promise<string> {
  const calls = { show: async () => version, listVersions: async () => ({ items: [version] }) };
  const registry = { dir: '/r', roots: [], connection: { registry: calls } };
  explainReferences({ existing: async () => [registry] } as never);
  const line = { text, range: { start: { translate: () => undefined } } };
  const found = await asked.hover?.({ lineAt: () => line, uri: {} }, { line: 0, character: 8 }, {});
  return found?.text ?? '';
}

describe('the pointer at an address of MLflow', () => {
  it('tells what the registry here has under the name, and how to load it from here, without a claim on MLflow', async () => {
    const text = await hoverAt('load("models:/fraud/Production")');
    expect(text).toContain('fraud@7');
    expect(text).toContain('MLflow loads the address from its own registry');
    expect(text).toContain('model-registry path fraud@production');
  });

  it('has the stage with since when and by whom, and five metrics: the rest is on the page', async () => {
    const text = await hoverAt('load("models:/fraud/Production")');
    expect(text).toMatch(/In production since .* by Ada/);
    expect(text).toContain('metric 5 0.5');
    expect(text).not.toContain('metric 6');
    for (const left of ['Registered', 'artifact', 'Tags', 'what was tried']) expect(text).not.toContain(left);
  });

  it('names the newest by its number: MLflow’s “latest” is no reference here', async () => {
    const text = await hoverAt('load("models:/fraud/latest")');
    expect(text).toContain('model-registry path fraud@7');
    expect(text).not.toContain('fraud@latest');
  });
});
