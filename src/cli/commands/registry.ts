import type { Command } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import { plural } from '../format/values.ts';
import { bytesText } from '../format/values.ts';
import type { AddCommand } from '../program.ts';
import { print, printJson, safeLine, styled } from '../terminal.ts';

/** Commands about the registry as a whole. */
export function addRegistryCommands(program: Command, add: AddCommand): void {
  add(program.command('init').description('make a registry for this folder'), async (context) => {
    const located = await context.locate();
    const { initRegistry } = await import('../../registry/open.ts');
    const made = await initRegistry({ dir: located.dir });
    if (context.isJson) return printJson(made);
    print(made.isNew ? `Made a registry in ${made.dir}` : `The registry in ${made.dir} is there already; nothing was changed.`);
  });

  add(program.command('where').description('print the folder of the registry'), async (context) => {
    const located = await context.locate();
    if (context.isJson) return printJson(located);
    if (!located.exists) {
      throw new RegistryError('REGISTRY_NOT_FOUND', `There is no registry for ${context.cwd}. \`model-registry init\` would make one in ${located.dir}.`);
    }
    print(located.dir);
  });

  add(
    program
      .command('verify')
      .description('check that nothing in the registry was damaged')
      .option('--artifacts', 'read every manifest and object too'),
    async (context, options: { readonly artifacts?: boolean }) => {
      const report = await context.withRegistry((registry) =>
        context.withProgress((operation) => registry.verify({ artifacts: options.artifacts ?? false }, operation)),
      );
      if (report.problems.length > 0) process.exitCode = 1;
      if (context.isJson) return printJson(report);
      const checked = [plural(report.commits, 'commit')];
      if (options.artifacts) checked.push(plural(report.manifests, 'manifest'), `${plural(report.objects, 'object')} (${bytesText(report.bytes)})`);
      if (report.problems.length === 0) print(`${styled('green', 'Sound')}: checked ${checked.join(', ')}.`);
      else print(`${styled('red', `Found ${plural(report.problems.length, 'problem')}`)} in ${checked.join(', ')}:`);
      for (const problem of report.problems) {
        const affected = problem.versions.length === 0 ? '' : ` Affected: ${problem.versions.map((label) => safeLine(label)).join(', ')}.`;
        print(`  ${problem.code}  ${safeLine(problem.key)}\n    ${safeLine(problem.message, 500)}${affected}`);
      }
      for (const entry of report.voids) print(`  ${styled('dim', `Commit ${entry.seq} had no effect in part: ${safeLine(entry.reason, 300)}`)}`);
    },
  );

  add(program.command('rebuild').description('build the catalog again from the log'), async (context) => {
    const done = await context.withRegistry((registry) => context.withProgress((operation) => registry.rebuild(operation)));
    if (context.isJson) return printJson(done);
    print(`Rebuilt the catalog from ${plural(done.commits, 'commit')}: ${plural(done.versions, 'version')}.`);
  });
}
