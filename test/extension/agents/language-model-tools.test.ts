import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Proposal } from '../../../src/agents/tool.ts';
import { TOOLS } from '../../../src/agents/tools.ts';
import type { Registries, WorkspaceRegistry } from '../../../src/extension/registries/registries.ts';
import { idOf, versionSummary } from '../../webviews/examples.ts';

/** The part of the editor that tools touch. */
const editor = vi.hoisted(() => {
  interface Invocation {
    readonly input: unknown;
  }
  interface FakeTool {
    prepareInvocation(options: Invocation): { readonly confirmationMessages?: { readonly message: { value: string } } };
    invoke(options: Invocation, token: object): Promise<{ readonly content: readonly { readonly value: string }[] }>;
  }
  interface FakeProvider {
    provideMcpServerDefinitions(): Promise<readonly { readonly label: string; readonly args: readonly string[] }[]>;
  }
  return {
    tools: new Map<string, FakeTool>(),
    providers: new Map<string, FakeProvider>(),
    messages: [] as (readonly string[])[],
    commands: [] as unknown[],
    answer: undefined as string | undefined,
    isTrusted: true,
  };
});

vi.mock('vscode', () => {
  class Disposable {
    static from(...all: readonly { dispose(): void }[]) {
      return new Disposable(() => {
        for (const one of all) one.dispose();
      });
    }
    readonly dispose: () => void;
    constructor(dispose: () => void) {
      this.dispose = dispose;
    }
  }
  class MarkdownString {
    value: string;
    constructor(value: string) {
      this.value = value;
    }
  }
  class Part {
    readonly value: unknown;
    constructor(value: unknown) {
      this.value = value;
    }
  }
  return {
    Disposable,
    MarkdownString,
    EventEmitter: class {
      readonly event = () => new Disposable(() => undefined);
      fire() {}
      dispose() {}
    },
    LanguageModelTextPart: Part,
    LanguageModelToolResult: class {
      readonly content: unknown;
      constructor(content: unknown) {
        this.content = content;
      }
    },
    McpStdioServerDefinition: class {
      readonly label: string;
      readonly args: readonly string[];
      constructor(label: string, _command: string, args: readonly string[]) {
        this.label = label;
        this.args = args;
      }
    },
    lm: {
      registerTool: (name: string, tool: never) => {
        editor.tools.set(name, tool);
        return new Disposable(() => editor.tools.delete(name));
      },
      registerMcpServerDefinitionProvider: (name: string, provider: never) => {
        editor.providers.set(name, provider);
        return new Disposable(() => editor.providers.delete(name));
      },
    },
    window: {
      showInformationMessage: async (...message: readonly string[]) => {
        editor.messages.push(message);
        return editor.answer;
      },
    },
    commands: { executeCommand: async (...call: readonly unknown[]) => void editor.commands.push(call) },
    workspace: {
      get isTrusted() {
        return editor.isTrusted;
      },
    },
  };
});

const { languageModelTools } = await import('../../../src/extension/agents/language-model-tools.ts');
const { toolIdOf } = await import('../../../src/extension/agents/tool-ids.ts');
const { mcpServers } = await import('../../../src/extension/agents/mcp-servers.ts');
const { showProposals } = await import('../../../src/extension/agents/proposals.ts');

const token = { onCancellationRequested: () => ({ dispose: () => undefined }) };

function registryOf(name: string): WorkspaceRegistry {
  const root = { name, index: 0, uri: { fsPath: `/${name}`, toString: () => `file:///${name}` } };
  const calls = {
    listModels: async () => ({ items: [] }),
    gateStanding: async () => ({ version: versionSummary(2), kind: 'promote', stage: 'production' }),
  };
  return { dir: `/${name}/registry`, exists: true, roots: [root], connection: { registry: calls } } as never;
}

function registriesOf(...names: readonly string[]): Pick<Registries, 'existing' | 'onDidChange'> {
  return { existing: async () => names.map(registryOf), onDidChange: () => ({ dispose: () => undefined }) };
}

async function invoke(name: string, input: unknown): Promise<string> {
  const result = await editor.tools.get(`model_registry_${name}`)?.invoke({ input }, token);
  return result?.content[0]?.value ?? '';
}

beforeEach(() => {
  editor.tools.clear();
  editor.providers.clear();
  editor.messages.length = 0;
  editor.commands.length = 0;
  editor.answer = undefined;
  editor.isTrusted = true;
});

describe('tools of the editor', () => {
  it('are registered, answer with marked data, and go with the extension', async () => {
    const tools = languageModelTools({ registries: registriesOf('fraud'), propose: async () => expect.unreachable() });
    expect([...editor.tools.keys()].sort()).toEqual(TOOLS.map(toolIdOf).sort());
    expect(await invoke('list_models', {})).toContain('<registry-data>\n{"models":[]}');
    tools.dispose();
    expect(editor.tools.size).toBe(0);
  });

  it('tell the model what is wrong by what they throw', async () => {
    languageModelTools({ registries: registriesOf(), propose: async () => expect.unreachable() });
    await expect(invoke('list_models', {})).rejects.toThrow(/^REGISTRY_NOT_FOUND: /);
    await expect(invoke('show_version', { ref: 3 })).rejects.toThrow(/^REGISTRY_NOT_FOUND: /);
    await expect(invoke('list_models', { registry: 3 })).rejects.toThrow(/^INPUT_INVALID: /);
  });

  it('of a window with several registries ask which one is meant', async () => {
    languageModelTools({ registries: registriesOf('fraud', 'churn'), propose: async () => expect.unreachable() });
    await expect(invoke('list_models', {})).rejects.toThrow(/^REGISTRY_NEEDED: .*fraud; churn/);
    await expect(invoke('list_models', { registry: 'spam' })).rejects.toThrow(/^REGISTRY_NEEDED: /);
    expect(await invoke('list_models', { registry: 'churn' })).toContain('models');
  });

  it('ask before they propose, in words that can’t become a link', async () => {
    languageModelTools({ registries: registriesOf('fraud'), propose: async () => expect.unreachable() });
    const input = { ref: 'fraud-detector@2', reason: '[click](command:workbench.action.quit)' };
    const asked = await editor.tools.get('model_registry_propose_promotion')?.prepareInvocation({ input });
    expect(asked?.confirmationMessages?.message.value).toMatch(
      /decide\.\n\nref\\: fraud.*\n\nreason\\: \\\[click\\\]\\\(command\\:/,
    );
    const read = await editor.tools.get('model_registry_show_version')?.prepareInvocation({ input: {} });
    expect(read).not.toHaveProperty('confirmationMessages');
  });
});

describe('a proposal', () => {
  const opened: unknown[] = [];
  const show = showProposals({
    pages: { openReview: (...call) => void opened.push(call) },
    log: { error: () => undefined } as never,
  });
  const promotion: Proposal = {
    ...{ kind: 'promotion', versionId: idOf(2), stage: 'production' },
    ...{ reason: 'Better on every slice', reviewers: [] },
  };
  const rollback: Proposal = {
    ...{ kind: 'rollback', modelId: idOf(9), versionId: idOf(1), number: 1, stage: 'production' },
    version: 'fraud-detector@1',
    reason: 'Twice as many [complaints](command:x)',
  };

  it('of a promotion opens its review with the reason', async () => {
    languageModelTools({ registries: registriesOf('fraud'), propose: show });
    const text = await invoke('propose_promotion', {
      ref: 'fraud-detector@2',
      stage: 'production',
      reason: 'Better on every slice',
    });
    expect(text).toContain('"status":"opened"');
    expect(opened).toEqual([
      [{ registryDir: '/fraud/registry', versionId: idOf(2), stage: 'production' }, 'Better on every slice'],
    ]);
    expect(editor.commands).toEqual([]);
  });

  it('of a rollback is a message, and what a person presses there begins it', async () => {
    await show(registryOf('fraud'), rollback);
    expect(editor.messages).toHaveLength(1);
    expect(editor.messages[0]?.[0]).not.toContain('](command:');
    expect(editor.messages[0]?.[0]).toContain('fraud-detector@1');
    expect(editor.commands).toEqual([]);
    editor.answer = 'Roll Back…';
    await show(registryOf('fraud'), rollback);
    await expect
      .poll(() => editor.commands)
      .toEqual([
        [
          'modelRegistry.rollBack',
          {
            ...{ registryDir: '/fraud/registry', modelId: idOf(9) },
            proposal: { number: 1, stage: 'production', reason: rollback.reason },
          },
        ],
      ]);
  });

  it('is refused in Restricted Mode', async () => {
    editor.isTrusted = false;
    await expect(show(registryOf('fraud'), promotion)).rejects.toMatchObject({ code: 'RESTRICTED_MODE' });
    expect(opened).toHaveLength(1);
  });
});

describe('servers of the Model Context Protocol', () => {
  it('are one for each registry, and only read', async () => {
    const extension = { extensionPath: '/ext', packageJSON: { version: '1.2.3' } };
    mcpServers({ registries: registriesOf('fraud', 'churn'), extension });
    const servers = await editor.providers.get('modelRegistry')?.provideMcpServerDefinitions();
    expect(servers?.map(({ label }) => label)).toEqual(['Model Registry (fraud)', 'Model Registry (churn)']);
    expect(servers?.[0]?.args.slice(1)).toEqual([
      ...['-C', '/fraud', '--registry', '/fraud/registry'],
      ...['mcp', '--read-only'],
    ]);
  });
});
