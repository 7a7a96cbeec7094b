import { type Command, InvalidArgumentError } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { Registry } from '../../registry/api/registry.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import { type AddCommand, examples } from '../add-command.ts';
import { nonBlank, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { versionJson } from '../format/json.ts';
import { transitionText } from '../format/transition.ts';
import { timeText } from '../format/values.ts';
import { directionsIn } from '../project-root.ts';
import { print, printJson, safeLine } from '../terminal.ts';

const REASON = '--reason <text>';
const NONE_LEFT = '\nWhere this takes a version out of production, nothing of the model is in production afterwards.';
const WHY = 'why, for whoever reads the log later';

interface PromoteOptions {
  readonly reason: string;
  readonly override?: boolean;
  readonly expect?: string;
}

interface RollbackOptions {
  readonly reason: string;
  readonly to?: number;
  readonly stage?: string;
  readonly expect?: string;
}

/** Commands that move versions between stages. */
export function addStageCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('promote')
      .description('move a version to a stage')
      .argument('<ref>', 'model@7, model@staging, model@alias')
      .argument('<stage>', 'staging, production …')
      .requiredOption(REASON, WHY, nonBlank)
      .option('--override', 'although a gate fails, where the policy allows it; stays on record')
      .option('--expect <ref>', 'only if this version, or "none", is in the stage now')
      .addHelpText('after', NONE_LEFT)
      .addHelpText(
        'after',
        examples(
          'promote fraud-detector@7 staging --reason "Ready for a week of shadow traffic"',
          'promote fraud-detector@staging production --reason "Shadow traffic went well" --expect 6',
        ),
      ),
    async (context, options: PromoteOptions, ref: string, stage: string) => {
      const { reason, override = false, expect } = options;
      const [{ promoteThroughGates }, { declaredIn }, { tellMissedGates }] = await Promise.all([
        import('../../gates/promote.ts'),
        import('../../gates/declared.ts'),
        import('../missed-gates.ts'),
      ]);
      const around = await context.project();
      const request = { ref, stage, reason, override, ...expectation(expect) };
      await move(context, async (registry) => {
        const result = await context.withProgress((operation) =>
          promoteThroughGates(registry, request, (model) => declaredIn(around, model), operation),
        );
        await tellMissedGates(context, registry, result.version.model);
        return result;
      });
    },
  );

  add(
    program
      .command('rollback')
      .description('put the version that was in production before back')
      .argument('<model>')
      .requiredOption(REASON, WHY, nonBlank)
      .option('--to <n>', 'back to this version, which was there once', wholeNumber)
      .option('--stage <stage>', 'another exclusive stage than production')
      .option('--expect <ref>', 'only if this version is in the stage now')
      .addHelpText(
        'after',
        examples(
          'rollback fraud-detector --reason "Twice as many complaints since this morning"',
          'rollback fraud-detector --to 3 --reason "The last one without the new features"',
        ),
      ),
    async (context, options: RollbackOptions, model: string) => {
      const { reason, to, stage, expect } = options;
      const asked = { model, ...(to === undefined ? {} : { to }), ...(stage === undefined ? {} : { stage }) };
      await move(context, async (registry) => {
        const plan = await registry.rollbackTarget(asked);
        const result = await context.withProgress((operation) =>
          registry.rollback({ ...asked, reason, ...expectation(expect) }, operation),
        );
        return { ...result, held: heldText(plan.held[plan.target.id], plan.stage) };
      });
    },
  );

  add(
    program
      .command('deploy')
      .description('bring the folders that model-registry.yaml declares to what is in production')
      .argument('[model]')
      .option('--check', 'change nothing, and end with 1 where one isn’t as it should be, byte by byte')
      .addHelpText('after', examples('deploy', 'deploy fraud-detector --check')),
    async (context, options: { readonly check?: boolean }, model?: string) => {
      const { deployModels } = await import('../deploying.ts');
      await deployModels(context, options, model);
    },
  );

  add(
    program
      .command('after')
      .description('show what follows a transition in this folder: commands and webhooks of model-registry.yaml')
      .argument('[action]', 'confirm: let it happen from now on; forget: no more', afterAction)
      .addHelpText('after', examples('after', 'after confirm')),
    async (context, _options: object, action?: AfterAction) => {
      const { confirmAfter, showAfter } = await import('../after.ts');
      if (action === undefined) await showAfter(context);
      else await confirmAfter(context, { isForgotten: action === 'forget' });
    },
  );

  add(
    program
      .command('archive')
      .description('take a version out of use')
      .argument('<ref>')
      .requiredOption(REASON, WHY, nonBlank)
      .addHelpText('after', NONE_LEFT)
      .addHelpText('after', examples('archive fraud-detector@2 --reason "Trained on the wrong month"')),
    async (context, { reason }: { readonly reason: string }, ref: string) => {
      await move(context, (registry) => registry.archive({ ref, reason }));
    },
  );
}

type AfterAction = 'confirm' | 'forget';

function afterAction(text: string): AfterAction {
  if (text === 'confirm' || text === 'forget') return text;
  throw new InvalidArgumentError('It is confirm or forget.');
}

function expectation(expect: string | undefined): { readonly expectHolder?: string | null } {
  return expect === undefined ? {} : { expectHolder: expect === 'none' ? null : expect };
}

/** When a version that comes back was there before. */
function heldText(
  span: { readonly from: string; readonly to?: string } | undefined,
  stage: string,
): string | undefined {
  if (span?.to === undefined) return undefined;
  return `It was in ${safeLine(stage)} from ${timeText(span.from)} to ${timeText(span.to)}`;
}

async function move(
  context: CommandContext,
  ask: (registry: Registry) => Promise<TransitionResult & { readonly held?: string | undefined }>,
): Promise<void> {
  await context.withRegistry(async (registry) => {
    const result = await ask(registry);
    const { version, from, to, kind, displaced, seq, at, pending } = result;
    if (context.isJson) {
      return printJson({
        version: versionJson(version),
        from,
        to,
        kind,
        displaced: displaced.map(versionJson),
        seq: pending ? null : seq,
        at,
        pending,
      });
    }
    const declared = await directionsIn(context, version.model);
    // Beside what it displaced, or else beside what is in production.
    const isBesideProduction = kind !== 'archive' && displaced.length === 0;
    const production = isBesideProduction ? await inProduction(registry, version.modelId) : undefined;
    const text = transitionText(result, { production, declared });
    print(result.held === undefined ? text : `${text}\n${result.held}`);
  });
}

/** The move is done and recorded by now: what is only told beside it must not make it look failed. */
async function inProduction(registry: Registry, model: string): Promise<VersionSummary | undefined> {
  try {
    return (await registry.listVersions({ model, stage: 'production', limit: 1 })).items[0];
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}
