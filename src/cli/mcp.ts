import packageJson from '../../package.json' with { type: 'json' };
import { callTool } from '../agents/call-tool.ts';
import { serveMcp } from '../agents/mcp/server.ts';
import type { Proposal, ProposalOutcome, ToolSite } from '../agents/tool.ts';
import { TOOLS } from '../agents/tools.ts';
import { declaredIn } from '../gates/declared.ts';
import { evaluateGates } from '../gates/evaluate-gates.ts';
import { codeBetweenVersions } from '../lineage/version-code.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { CommandContext } from './context.ts';
import { projectAround } from './project-root.ts';

const MAX_CLIENT_NAME = 60;

/**
 * Answers a language model's questions over standard input and output until the input ends. Each question opens the registry as it is
 * then, so that one that is made later is found, and none is kept open.
 */
export async function serveTools(context: CommandContext, options: { readonly isReadOnly: boolean }): Promise<void> {
  const { stdin, stdout } = process;
  const stop = () => stdin.destroy();
  context.signal.addEventListener('abort', stop, { once: true });
  if (stdin.isTTY)
    process.stderr.write(
      'A client of the Model Context Protocol speaks here: docs/agents.md says how one is set up. Ctrl-C ends this.\n',
    );
  try {
    await serveMcp(stdin, {
      identity: { name: 'model-registry', title: 'Model Registry', version: packageJson.version },
      tools: TOOLS,
      signal: context.signal,
      write: (line) => stdout.write(line),
      call: (tool, input, { clientName, ...operation }) => {
        const requester = options.isReadOnly ? undefined : (clientName ?? 'a language model');
        return callTool(
          tool,
          input,
          (use) => {
            const onSite = (registry: Registry) => use(siteOf(context, registry, requester));
            return tool.isPersonal ? context.asPerson(onSite) : context.withQueries(onSite);
          },
          operation,
        );
      },
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}

/** Without a requester, nothing is recorded. */
function siteOf(context: CommandContext, registry: Registry, requester: string | undefined): ToolSite {
  return {
    registry,
    gates: async (request) => {
      const around = await projectAround(context.cwd);
      return evaluateGates(registry, request, (model) => declaredIn(around, model));
    },
    codeBetween: (request, { signal }) => codeBetweenVersions(registry, { ...request, folders: [context.cwd] }, signal),
    propose: (proposal) => propose(context, registry, proposal, requester),
  };
}

/** A promotion becomes a request that people see; what can't be asked for by the log is left to a person. */
async function propose(
  { signal }: CommandContext,
  registry: Registry,
  proposal: Proposal,
  requester: string | undefined,
): Promise<ProposalOutcome> {
  if (proposal.kind === 'rollback') {
    const { model } = await registry.show({ ref: proposal.versionId });
    const command = commandLine(['rollback', model, '--to', String(proposal.number), '--stage', proposal.stage]);
    return notRecorded(`${command} --reason '…'`);
  }
  const { versionId, stage, reason, reviewers } = proposal;
  const { model, number } = await registry.show({ ref: versionId });
  const ref = `${model}@${number}`;
  if (requester === undefined) return notRecorded(`${commandLine(['promote', ref, stage])} --reason '…'`);
  const by = requester.replace(/[^\p{L}\p{N} ._-]/gu, '').slice(0, MAX_CLIENT_NAME);
  const comment = `${reason}\n\nProposed by ${by || 'a language model'}.`;
  await registry.requestPromotion({ ref: versionId, stage, comment, reviewers });
  const isShared = await shareSoon(registry, signal);
  const waits = isShared ? '' : ' It waits to be shared, which `model-registry sync` does.';
  return {
    status: 'requested',
    next: `A request is recorded; no stage was changed.${waits} A person reviews it in the editor (Reviews), or with: ${commandLine(['reviews', model])}`,
  };
}

/** Whether others see it now. Nothing else follows: what a project runs or sends is started by people. */
async function shareSoon(registry: Registry, signal: AbortSignal): Promise<boolean> {
  if (registry.location.remoteUrl === undefined) return true;
  // Whoever proposed it is told that it waits, and not what the storage said.
  await registry.sync({ withBytes: false }, { signal }).catch(() => undefined);
  return ((await registry.remote())?.pending ?? 0) === 0;
}

function notRecorded(command: string): ProposalOutcome {
  return { status: 'not-recorded', next: `Nothing was recorded. A person would run: ${command}` };
}

/** For a person to read and run: what isn't plainly a name is quoted. */
function commandLine(words: readonly string[]): string {
  const quoted = words.map((word) => (/^[\w@.:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return ['model-registry', ...quoted].join(' ');
}
