import { type Command, Option } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { collect, nonBlank, tagValues } from '../arguments.ts';
import type { CardOptions } from '../cards.ts';
import { print, printJson, safeLine } from '../terminal.ts';

/** Commands that name, describe and remove. */
export function addAnnotationCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('create')
      .description('make a model without versions')
      .argument('<model>')
      .option('--description <text>', 'what it is for')
      .option('--tag <k=v>', 'may be given several times', collect)
      .addHelpText('after', examples('create fraud-detector --description "Scores card payments" --tag team=risk')),
    async (context, options: { readonly description?: string; readonly tag?: readonly string[] }, name: string) => {
      const { description } = options;
      const model = await context.withRegistry((registry) =>
        registry.createModel({
          name,
          tags: tagValues(options.tag ?? []),
          ...(description === undefined ? {} : { description }),
        }),
      );
      return context.isJson ? printJson(model) : print(`Created the model ${safeLine(model.name)}`);
    },
  );

  const alias = program.command('alias').description('names that point to versions').usage('set|rm MODEL ALIAS [REF]');
  add(
    alias
      .command('set')
      .description('point an alias to a version')
      .argument('<model>')
      .argument('<alias>')
      .argument('<ref>', 'a number, or model@…')
      .addHelpText('after', examples('alias set fraud-detector champion 7')),
    async (context, _options: object, model: string, name: string, ref: string) => {
      const entry = await context.withRegistry((registry) => registry.setAlias({ model, alias: name, ref }));
      return context.isJson
        ? printJson(entry)
        : print(`${safeLine(model)}@${safeLine(entry.alias)} is version ${entry.number} now`);
    },
  );
  add(
    alias.command('rm').description('remove an alias').argument('<model>').argument('<alias>'),
    async (context, _options: object, model: string, name: string) => {
      await context.withRegistry((registry) => registry.removeAlias({ model, alias: name }));
      return context.isJson ? printJson({ removed: name }) : print(`Removed the alias ${safeLine(name)}`);
    },
  );

  const onModel = ['--model', 'of the model instead of a version'] as const;
  add(
    program
      .command('tag')
      .description('set tags of a version')
      .argument('<ref>')
      .argument('[tags...]', 'key=value')
      .option('--remove <key>', 'may be given several times', collect)
      .option(...onModel)
      .addHelpText(
        'after',
        examples('tag fraud-detector@7 dataset=may audited=yes', 'tag fraud-detector --model team=risk'),
      ),
    async (
      context,
      options: { readonly remove?: readonly string[]; readonly model?: boolean },
      ref: string,
      tags: readonly string[],
    ) => {
      const remove = options.remove ?? [];
      const set = tagValues(tags);
      if (tags.length + remove.length === 0) {
        throw new RegistryError(
          'ARGUMENT_INVALID',
          'No tag was named. Write for example: tag fraud-detector@7 team=risk',
        );
      }
      await context.withRegistry((registry) => registry.tag({ ref, set, remove, onModel: options.model ?? false }));
      if (context.isJson) return printJson({ ref, set, removed: remove });
      print(`${Object.keys(set).length === 0 ? 'Removed tags of' : 'Tagged'} ${safeLine(ref)}`);
    },
  );
  add(
    program.command('note').description('add a note to a version').argument('<ref>').argument('<text>'),
    async (context, _options: object, ref: string, text: string) => {
      await context.withRegistry((registry) => registry.note({ ref, text }));
      return context.isJson ? printJson({ ref, note: text }) : print(`Added a note to ${safeLine(ref)}`);
    },
  );
  add(
    program
      .command('describe')
      .description('replace the description of a version')
      .argument('<ref>')
      .argument('<text>')
      .option(...onModel),
    async (context, options: { readonly model?: boolean }, ref: string, text: string) => {
      await context.withRegistry((registry) => registry.describe({ ref, text, onModel: options.model ?? false }));
      return context.isJson ? printJson({ ref, description: text }) : print(`Described ${safeLine(ref)}`);
    },
  );
  add(
    program
      .command('card')
      .description('print the model card of a version, or write it anew')
      .argument('<ref>')
      .option('--draft', 'print a draft of what is recorded, whatever the card is')
      .option('--to <file>', 'write it to this file instead')
      .addOption(new Option('--set <file>', 'make the text of this file the card').conflicts(['draft', 'to']))
      .addHelpText(
        'after',
        examples(
          'card fraud-detector@7 --to README.md',
          'card fraud-detector@7 --draft',
          'card fraud-detector@7 --set card.md',
        ),
      ),
    async (context, options: CardOptions, ref: string) => {
      const { printCard, setCard } = await import('../cards.ts');
      await (options.set === undefined ? printCard(context, options, ref) : setCard(context, options.set, ref));
    },
  );
  add(
    program
      .command('comment')
      .description('comment on a version')
      .argument('<ref>')
      .argument('<text>')
      .option(...onModel),
    async (context, options: { readonly model?: boolean }, ref: string, text: string) => {
      await context.withRegistry((registry) => registry.comment({ ref, text, onModel: options.model ?? false }));
      return context.isJson ? printJson({ ref, comment: text }) : print(`Commented on ${safeLine(ref)}`);
    },
  );
  add(
    program
      .command('rename')
      .description('rename a model; the old name goes on leading to it')
      .argument('<model>')
      .argument('<name>'),
    async (context, _options: object, model: string, name: string) => {
      const renamed = await context.withRegistry((registry) => registry.renameModel({ model, name }));
      return context.isJson ? printJson(renamed) : print(`${safeLine(model)} is called ${safeLine(renamed.name)} now`);
    },
  );
  add(
    program
      .command('delete')
      .description('delete a version, or with --model a model; the log keeps what it was')
      .argument('<ref>')
      .requiredOption('--reason <text>', 'why, for whoever reads the log later', nonBlank)
      .option('--model', 'delete the whole model')
      .addHelpText('after', examples('delete fraud-detector@2 --reason "Trained on data we may not keep"')),
    async (context, options: { readonly reason: string; readonly model?: boolean }, ref: string) => {
      const { reason } = options;
      if (!options.model && !ref.includes('@') && ref.length !== 26) {
        throw new RegistryError(
          'REFERENCE_INVALID',
          `Say which version of ${ref} to delete, for example ${ref}@7, or --model to delete all of it. Nothing was changed.`,
        );
      }
      await context.withRegistry((registry) =>
        options.model ? registry.deleteModel({ model: ref, reason }) : registry.deleteVersion({ ref, reason }),
      );
      return context.isJson ? printJson({ deleted: ref }) : print(`Deleted ${safeLine(ref)}`);
    },
  );
}
