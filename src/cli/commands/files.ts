import { resolve } from 'node:path';
import type { Command } from 'commander';
import { sizeText } from '../../base/size.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { versionJson } from '../format/json.ts';
import { labelOf, plural } from '../format/values.ts';
import { print, printJson } from '../terminal.ts';

/** Commands that bring a version's files back. */
export function addFileCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('pull')
      .description("restore a version's files, verified")
      .argument('<ref>')
      .requiredOption('--to <dir>', 'a new or empty folder, or one that was restored before')
      .addHelpText('after', examples('pull fraud-detector@production --to serving/model')),
    async (context, options: { readonly to: string }, ref: string) => {
      const to = resolve(context.cwd, options.to);
      const result = await context.withQueries((registry) =>
        context.withProgress((operation) => registry.pull({ ref, to }, operation)),
      );
      const { version, fileCount, sizeBytes } = result;
      if (context.isJson) return printJson({ version: versionJson(version), to, files: fileCount, size: sizeBytes });
      print(`Restored ${plural(fileCount, 'file')} (${sizeText(sizeBytes)}) of ${labelOf(version)} to ${to}`);
    },
  );

  add(
    program
      .command('reproduce')
      .description('write the source tree that a version was trained from, to train it again')
      .argument('<ref>')
      .requiredOption('--to <dir>', 'a new or empty folder')
      .addHelpText('after', examples('reproduce fraud-detector@7 --to ../fraud-detector-7')),
    async (context, options: { readonly to: string }, ref: string) => {
      const { reproduceVersion } = await import('../reproducing.ts');
      await reproduceVersion(context, options, ref);
    },
  );

  add(
    program
      .command('path')
      .description("print where a version's files are, verified, for programs to read")
      .argument('<ref>'),
    async (context, _options: object, ref: string) => {
      const { path, version } = await context.withQueries((registry) =>
        context.withProgress((operation) => registry.path({ ref }, operation)),
      );
      return context.isJson ? printJson({ path, version: versionJson(version) }) : print(path);
    },
  );
}
