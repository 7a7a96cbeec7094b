import type { Command } from 'commander';
import { type AddCommand, examples } from '../add-command.ts';
import { notFound } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { plural } from '../format/values.ts';
import { verifyText } from '../format/verify-report.ts';
import { print, printJson } from '../terminal.ts';

/** Commands about the registry as a whole. */
export function addRegistryCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('init')
      .description('make a registry for this folder')
      .addHelpText('after', examples('init', '--registry /srv/models/registry init')),
    async (context) => {
      const located = await context.locate();
      const { initRegistry } = await import('../../registry/open.ts');
      const made = await initRegistry({ dir: located.dir });
      if (context.isJson) return printJson(made);
      print(
        made.isNew
          ? `Made a registry in ${made.dir}`
          : `The registry in ${made.dir} is there already; nothing was changed.`,
      );
    },
  );

  add(program.command('where').description('print the folder of the registry'), async (context) => {
    const located = await context.locate();
    if (context.isJson) return printJson(located);
    if (!located.exists) throw notFound(context.cwd, located);
    print(located.dir);
  });

  add(
    program
      .command('head')
      .description('print the number and hash of the newest commit, to be pinned')
      .option(
        '--pin',
        'write it into model-registry.yaml: who connects this project to a registry without it is refused',
      )
      .addHelpText('after', examples('head', 'head --pin')),
    async (context, options: { readonly pin?: boolean }) => {
      const { head, remote } = await context.withQueries(async (registry) => {
        return { head: await registry.head(), remote: registry.location.remoteUrl };
      });
      if (options.pin) {
        const { pinHere } = await import('../pinning.ts');
        const file = await pinHere(context.cwd, head, remote);
        return context.isJson ? printJson({ ...head, file }) : print(`Pinned commit ${head.seq} in ${file}`);
      }
      return context.isJson ? printJson(head) : print(`${head.seq}:${head.hash}`);
    },
  );

  add(
    program
      .command('verify')
      .description('check that nothing in the registry was damaged')
      .option('--artifacts', 'read every manifest and object too'),
    async (context, options: { readonly artifacts?: boolean }) => {
      const artifacts = options.artifacts ?? false;
      const report = await context.withQueries((registry) =>
        context.withProgress(async (operation) => {
          const { pinnedHere } = await import('../pinning.ts');
          const pinned = await pinnedHere(context.cwd, registry.location.remoteUrl);
          return registry.verify({ artifacts, ...(pinned ? { pinned } : {}) }, operation);
        }),
      );
      if (report.problems.length > 0) process.exitCode = EXIT.refused;
      return context.isJson ? printJson(report) : print(verifyText(report, artifacts));
    },
  );

  add(program.command('rebuild').description('build the catalog again from the log'), async (context) => {
    const done = await context.withQueries((registry) =>
      context.withProgress((operation) => registry.rebuild(operation)),
    );
    if (context.isJson) return printJson(done);
    print(`Rebuilt the catalog from ${plural(done.commits, 'commit')}: ${plural(done.versions, 'version')}.`);
  });
}
