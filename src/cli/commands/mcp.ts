import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';

/** For programs in which language models work. */
export function addMcpCommand(program: Command, add: AddCommand): void {
  add(
    program
      .command('mcp')
      .description('answer language models over standard input and output (Model Context Protocol)')
      .option('--read-only', 'record no requests for promotion: say what a person would run')
      .addHelpText('after', examples('mcp', '-C /home/ada/fraud-detector mcp --read-only')),
    async (context, { readOnly = false }: { readonly readOnly?: boolean }) => {
      const { serveTools } = await import('../mcp.ts');
      await serveTools(context, { isReadOnly: readOnly });
    },
  );
}
