import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { plainPrompt } from '../version-text.ts';
import { mayGoBack, type Place, type Reply } from './steps.ts';

export interface InputOptions {
  readonly place: Place;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** What is wrong with the text, or undefined. Asked when the person accepts it. */
  readonly check: (text: string) => string | undefined | Promise<string | undefined>;
  /** What can't become right by writing on. Asked as it is typed, and when the person accepts it. */
  readonly checkTyped?: (text: string) => string | undefined;
  /** A button beside the field that finds a text in another way. */
  readonly browse?: {
    readonly tooltip: string;
    readonly icon: string;
    readonly find: () => Promise<string | undefined>;
  };
}

/** Asks for a text on one line; it comes without surrounding white space. */
export async function askText(options: InputOptions): Promise<Reply<string>> {
  const { place, prompt, placeholder = '', value = '', check, checkTyped, browse } = options;
  const box = vscode.window.createInputBox();
  const browseButton = browse && { iconPath: new vscode.ThemeIcon(browse.icon), tooltip: browse.tooltip };
  if (place.totalSteps > 1) {
    box.step = place.step;
    box.totalSteps = place.totalSteps;
  }
  box.title = place.title;
  box.prompt = plainPrompt(prompt);
  box.placeholder = placeholder;
  box.value = value;
  box.ignoreFocusOut = true;
  box.buttons = [...(mayGoBack(place) ? [vscode.QuickInputButtons.Back] : []), ...(browseButton ? [browseButton] : [])];
  let isBrowsing = false;
  box.show();
  try {
    return await new Promise<Reply<string>>((done, fail) => {
      const accept = async (): Promise<void> => {
        // What is being looked at is neither changed nor accepted twice.
        if (!box.enabled) return;
        const text = box.value.trim();
        box.enabled = false;
        box.busy = true;
        const problem = checkTyped?.(text) ?? (await check(text));
        box.enabled = true;
        box.busy = false;
        if (problem === undefined) done({ kind: 'given', value: text });
        else box.validationMessage = plainPrompt(problem);
      };
      const find = async (): Promise<void> => {
        // The dialog hides the box, which isn't the person leaving.
        isBrowsing = true;
        const found = await browse?.find();
        isBrowsing = false;
        if (found !== undefined) box.value = found;
        box.show();
      };
      box.onDidAccept(() => void accept().catch(fail));
      box.onDidChangeValue(() => {
        const text = box.value.trim();
        const problem = text === '' ? undefined : checkTyped?.(text);
        box.validationMessage = problem === undefined ? undefined : plainPrompt(problem);
      });
      box.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) done({ kind: 'back' });
        else void find().catch(fail);
      });
      box.onDidHide(() => {
        if (!isBrowsing) done({ kind: 'cancelled' });
      });
    });
  } finally {
    box.dispose();
  }
}

/** Asks why: whoever reads the log later wants to know. Blank is refused. `value` is there to begin with. */
export function askReason(place: Place, prompt: string, value = ''): Promise<Reply<string>> {
  return askText({
    place,
    prompt,
    value,
    placeholder: t('Reason, for whoever reads the log later'),
    check: (text) => (text === '' ? t('A reason is needed: say in a few words why.') : undefined),
  });
}
