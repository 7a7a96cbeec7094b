import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Proposal, ProposalOutcome, ToolSite } from '../../agents/tool.ts';
import { TOOL_NAMES, type ToolName } from '../../agents/tool-names.ts';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { appendWords } from '../plain-markdown.ts';
import type { Registries, WorkspaceRegistry } from '../registries/registries.ts';
import { oneLine } from '../version-text.ts';
import { toolIdOf } from './tool-ids.ts';

const inputSchema = v.looseObject({ registry: v.optional(v.pipe(v.string(), v.maxLength(300))) });

interface LanguageModelToolsOptions {
  readonly registries: Pick<Registries, 'existing'>;
  /** Shows a proposal to the person. */
  readonly propose: (registry: WorkspaceRegistry, proposal: Proposal) => Promise<ProposalOutcome>;
}

/** The tools that chats and agents of the editor can use. An editor without language models has none. */
export function languageModelTools(options: LanguageModelToolsOptions): vscode.Disposable {
  if (!('lm' in vscode) || !('registerTool' in vscode.lm)) return new vscode.Disposable(() => undefined);
  return vscode.Disposable.from(
    ...TOOL_NAMES.map((name) => vscode.lm.registerTool<unknown>(toolIdOf({ name }), toolOf(name, options))),
  );
}

/** What tools do is read with the first that is called. */
function toolOf(name: ToolName, { registries, propose }: LanguageModelToolsOptions): vscode.LanguageModelTool<unknown> {
  return {
    async prepareInvocation({ input }) {
      const { toolNamed } = await import('./named-tools.ts');
      const { title, isReadOnly } = toolNamed(name);
      return {
        invocationMessage: title,
        ...(isReadOnly ? {} : { confirmationMessages: { title, message: asked(input) } }),
      };
    },
    async invoke({ input }, token) {
      const { callNamed } = await import('./named-tools.ts');
      const parsed = v.safeParse(inputSchema, input ?? {});
      if (!parsed.success) throw new Error('INPUT_INVALID: The input isn’t as declared. Nothing was done.');
      const { registry: folder, ...rest } = parsed.output;
      const cancelling = new AbortController();
      const listening = token.onCancellationRequested(() => cancelling.abort());
      try {
        const result = await callNamed(
          name,
          rest,
          async (use) => use(siteOf(await registryNamed(registries, folder), propose)),
          { signal: cancelling.signal },
        );
        // Models are told what is thrown.
        if (result.isError) throw new Error(result.text);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(result.text)]);
      } finally {
        listening.dispose();
      }
    },
  };
}

/** A proposal has fewer. */
const MOST_SAID = 10;

/** What is proposed, in the model's own words, none of which become a link. */
function asked(input: unknown): vscode.MarkdownString {
  const text = new vscode.MarkdownString(t('You are shown the proposal, and nothing changes before you decide.'));
  const said = typeof input === 'object' && input !== null ? Object.entries(input) : [];
  for (const [name, value] of said.slice(0, MOST_SAID)) {
    const words = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    text.value += '\n\n';
    appendWords(text, `${oneLine(name, 40)}: ${oneLine(words, 600)}`);
  }
  return text;
}

async function registryNamed(
  registries: Pick<Registries, 'existing'>,
  name: string | undefined,
): Promise<WorkspaceRegistry> {
  const existing = await registries.existing();
  const found =
    name === undefined ? existing : existing.filter(({ roots }) => roots.some((root) => root.name === name));
  const [only] = found;
  if (only && found.length === 1) return only;
  const names = existing.map(({ roots }) => roots.map((root) => root.name).join(', ')).join('; ');
  throw existing.length === 0
    ? new RegistryError('REGISTRY_NOT_FOUND', 'No folder of this window has a model registry.')
    : new RegistryError('REGISTRY_NEEDED', `Say in registry which one is meant, by a folder of it: ${names}.`);
}

function siteOf(
  registry: WorkspaceRegistry,
  propose: (registry: WorkspaceRegistry, proposal: Proposal) => Promise<ProposalOutcome>,
): ToolSite {
  const { connection } = registry;
  const roots = registry.roots.map(({ uri }) => uri.fsPath);
  return {
    registry: connection.registry,
    gates: (request) => connection.stageGates({ ...request, roots }),
    codeBetween: (request, operation) => connection.codeBetween({ ...request, folders: roots }, operation),
    propose: (proposal) => propose(registry, proposal),
  };
}
