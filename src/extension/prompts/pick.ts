import * as vscode from 'vscode';
import { plainPrompt, withoutIcons } from '../version-text.ts';
import { mayGoBack, type Place, type Reply } from './steps.ts';

/** A row to choose from. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** The detail is something to beware of. */
  readonly isWarning?: boolean;
  readonly icon?: vscode.ThemeIcon;
  readonly isPicked?: boolean;
  /** Title of the group that begins with this row. */
  readonly group?: string;
}

interface Row<T> extends vscode.QuickPickItem {
  readonly choice?: Choice<T>;
}

export interface PickOptions<T> {
  readonly place: Place;
  readonly placeholder: string;
  /** What has to be read as a whole, below the field. */
  readonly prompt?: string;
  /** The rows, as they are found: the list is open meanwhile. */
  readonly choices: AsyncIterable<readonly Choice<T>[]> | Promise<readonly Choice<T>[]> | readonly Choice<T>[];
  /** Shown as the only row where there is nothing to choose from. */
  readonly nothing: string;
}

/** Asks for one of several. Throws what finding the rows throws. */
export async function pickOne<T>(options: PickOptions<T>): Promise<Reply<T>> {
  const reply = await pick(options, false, () => undefined);
  if (reply.kind !== 'given') return reply;
  const [value] = reply.value;
  return value === undefined ? { kind: 'cancelled' } : { kind: 'given', value };
}

/** Asks for several. `check` tells what is wrong with a number of them. */
export function pickMany<T>(
  options: PickOptions<T> & { readonly check: (count: number) => string | undefined },
): Promise<Reply<readonly T[]>> {
  return pick(options, true, options.check);
}

async function pick<T>(
  { place, placeholder, prompt, choices, nothing }: PickOptions<T>,
  isMany: boolean,
  check: (count: number) => string | undefined,
): Promise<Reply<readonly T[]>> {
  const list = vscode.window.createQuickPick<Row<T>>();
  if (place.totalSteps > 1) {
    list.step = place.step;
    list.totalSteps = place.totalSteps;
  }
  list.title = place.title;
  list.placeholder = placeholder;
  list.prompt = prompt === undefined ? undefined : plainPrompt(prompt);
  list.canSelectMany = isMany;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.busy = true;
  list.buttons = mayGoBack(place) ? [vscode.QuickInputButtons.Back] : [];
  list.show();
  try {
    return await new Promise<Reply<readonly T[]>>((done, fail) => {
      list.onDidTriggerButton(() => done({ kind: 'back' }));
      list.onDidChangeSelection(() => {
        list.prompt = undefined;
      });
      list.onDidHide(() => done({ kind: 'cancelled' }));
      list.onDidAccept(() => {
        const values = list.selectedItems.flatMap(({ choice }) => (choice === undefined ? [] : [choice.value]));
        const problem = check(values.length);
        if (problem !== undefined) list.prompt = plainPrompt(problem);
        else if (values.length > 0) done({ kind: 'given', value: values });
      });
      fill(list, choices, nothing).catch(fail);
    });
  } finally {
    list.dispose();
  }
}

async function fill<T>(
  list: vscode.QuickPick<Row<T>>,
  choices: PickOptions<T>['choices'],
  nothing: string,
): Promise<void> {
  for await (const batch of batches(choices)) {
    const rows = batch.flatMap(rowsOf);
    list.items = [...list.items, ...rows];
    const picked = rows.filter((row) => row.choice?.isPicked === true);
    if (list.canSelectMany && picked.length > 0) list.selectedItems = [...list.selectedItems, ...picked];
  }
  if (list.items.length === 0) list.items = [plainRow({ label: nothing })];
  list.busy = false;
}

/** The rows as they come. */
export async function* batches<T>(choices: PickOptions<T>['choices']): AsyncIterable<readonly Choice<T>[]> {
  if (Symbol.asyncIterator in choices) yield* choices;
  else yield await choices;
}

function rowsOf<T>(choice: Choice<T>): readonly Row<T>[] {
  const { group } = choice;
  const row: Row<T> = { choice, ...rowOf(choice) };
  if (group === undefined) return [row];
  return [{ label: group, kind: vscode.QuickPickItemKind.Separator }, row];
}

/** What the list shows of a choice. */
export function rowOf(choice: Choice<unknown>): vscode.QuickPickItem {
  const { label, description, detail, isWarning = false, icon } = choice;
  const row = plainRow({
    label,
    ...(description === undefined ? {} : { description }),
    ...(detail === undefined ? {} : { detail }),
    ...(icon === undefined ? {} : { iconPath: icon }),
  });
  return isWarning ? { ...row, detail: `$(warning) ${row.detail ?? ''}` } : row;
}

/** The same row whose texts, which may come from a registry or a file, draw nothing. */
export function plainRow<R extends vscode.QuickPickItem>(row: R): R {
  const { label, description, detail } = row;
  return {
    ...row,
    label: withoutIcons(label),
    ...(description === undefined ? {} : { description: withoutIcons(description) }),
    ...(detail === undefined ? {} : { detail: withoutIcons(detail) }),
  };
}
