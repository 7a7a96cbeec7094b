import * as vscode from 'vscode';
import type { RemoteStatus } from '../../registry/api.ts';
import { progressText } from '../status/progress.ts';
import { momentText, oneLine } from '../version-text.ts';
import type { SharedStates } from './shared-states.ts';

/** Says how the window's registries stand with their shared storage. Hidden where none has any. */
export class SharingStatus implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #states: SharedStates;
  readonly #subscription: vscode.Disposable;

  constructor(states: SharedStates) {
    this.#states = states;
    this.#item = vscode.window.createStatusBarItem('modelRegistry.sharing', vscode.StatusBarAlignment.Left, 0.9);
    this.#item.name = 'Model Registry: Shared Storage';
    this.#item.command = 'modelRegistry.sharingMenu';
    this.#subscription = states.onDidChange(() => this.#draw());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #draw(): void {
    const states = [...this.#states.all().values()];
    if (states.length === 0) {
      this.#item.hide();
      return;
    }
    const { icon, text, isWarning } = sharingText(states, this.#states.isPaused());
    const transfer = this.#states.transfer();
    this.#item.text = transfer && !isWarning ? `$(sync~spin) ${progressText(transfer)}` : `$(${icon}) ${text}`;
    this.#item.accessibilityInformation = { label: `Shared model registry: ${text}` };
    this.#item.backgroundColor = isWarning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.tooltip = tooltipOf(states);
    this.#item.show();
  }
}

/** What passes by itself, once there is a network again. Anything else needs a person. */
const OFFLINE: ReadonlySet<string> = new Set([
  'REMOTE_BUSY',
  'REMOTE_FAILED',
  'REMOTE_INTERRUPTED',
  'REMOTE_NOT_RESOLVED',
  'REMOTE_OFFLINE',
  'REMOTE_TIMEOUT',
  'REMOTE_UNREACHABLE',
]);

/** What a new sign-in or secret may help against. */
export function isAboutSignIn(code: string): boolean {
  return /^(SIGN_IN_FAILED|REMOTE_TENANT|REMOTE_FORBIDDEN|(REMOTE_)?CREDENTIAL_)/.test(code);
}

/** The state that matters most, in a few words: refused, not permitted, offline, pending, synced. */
export function sharingText(
  states: readonly RemoteStatus[],
  isPaused = false,
): {
  readonly icon: string;
  readonly text: string;
  readonly isWarning: boolean;
} {
  const sum = (count: (state: RemoteStatus) => number) => states.reduce((total, state) => total + count(state), 0);
  const [refused, stale, pending] = [sum((s) => s.refused), sum((s) => s.stale), sum((s) => s.pending)];
  const failures = states.flatMap(({ failure }) => failure ?? []);
  const [offline] = failures;
  const blocked = failures.find(({ code }) => !OFFLINE.has(code));
  const paused = isPaused ? ', uploads paused' : '';
  const waiting = `${pending > 0 ? `, ${pending} pending` : ''}${paused}`;
  if (refused > 0) return { icon: 'warning', text: `${refused} refused${waiting}`, isWarning: true };
  if (stale > 0) return { icon: 'question', text: `${stale} to confirm`, isWarning: true };
  if (blocked) {
    const what = isAboutSignIn(blocked.code) ? 'sign in again' : 'can’t be shared';
    return { icon: 'error', text: `${what}, since ${momentText(blocked.since)}${waiting}`, isWarning: true };
  }
  if (offline) return { icon: 'cloud', text: `offline since ${momentText(offline.since)}${waiting}`, isWarning: false };
  if (states.some(({ problem }) => problem))
    return { icon: 'warning', text: `files not shared${waiting}`, isWarning: true };
  if (pending > 0) return { icon: 'cloud-upload', text: `${pending} pending${paused}`, isWarning: false };
  return { icon: 'cloud', text: `synced${paused}`, isWarning: false };
}

function tooltipOf(states: readonly RemoteStatus[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('**Shared storage**');
  for (const { url, syncedAt, pending, refused, failure, problem } of states) {
    const lines = [
      url,
      ...(syncedAt === undefined ? [] : [`In agreement at ${momentText(syncedAt)}`]),
      ...(pending > 0 ? [`${pending} to be shared`] : []),
      ...(refused > 0 ? [`${refused} refused: somebody has to decide`] : []),
      ...(failure ? [failure.message] : []),
      ...(problem ? [problem.message] : []),
    ];
    for (const line of lines) {
      markdown.appendMarkdown('  \n');
      markdown.appendText(oneLine(line, 400));
    }
  }
  return markdown;
}
