import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { budgetOf, budgets, otherLabel } from '../commands/budgets.ts';
import { inform } from '../notify.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';

/** From this version of a model on there are old candidates: who has just registered a first one has other things to look at. */
const FIRST_ASKED = 5;

/** Asks once in a window, until it is answered, how much old candidates may take: each run of training adds some. */
export class RetentionQuestion {
  readonly #asked = new Set<string>();

  /** `number` is that of the version that was registered. */
  async ask(
    { dir, connection }: WorkspaceRegistry,
    number: number | undefined,
    onProblem: (message: string) => void,
  ): Promise<void> {
    if (this.#asked.has(dir) || number === undefined || number < FIRST_ASKED) return;
    this.#asked.add(dir);
    try {
      if ((await connection.registry.retention()).isChosen) return;
      const chosen = await inform(
        t(
          'Every training run registers a version from now on. How much disk may the files of old candidates take? What is or was in production stays in any case.',
        ),
        ...[...budgets().keys()].filter((label) => label !== '100 GB'),
        otherLabel(),
      );
      if (chosen === undefined) return;
      const budget = chosen === otherLabel() ? await typedBudget() : (budgets().get(chosen) ?? null);
      if (budget !== undefined) await connection.registry.setRetention({ candidateBudgetBytes: budget });
    } catch (error) {
      onProblem(messageOf(error));
    }
  }
}

/** Undefined where the person left. */
async function typedBudget(): Promise<number | null | undefined> {
  const { askBudget } = await import('../commands/space.ts');
  const reply = await askBudget({ title: t('Disk Use'), step: 1, totalSteps: 1 });
  return reply.kind === 'given' ? budgetOf(reply.value) : undefined;
}
