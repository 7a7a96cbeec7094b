import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import { told } from '../../base/retold.ts';
import type { RemoteStatus } from '../../registry/api/sharing.ts';
import { appendWords } from '../plain-markdown.ts';
import { progressText } from '../status/progress.ts';
import { momentText, oneLine, withoutIcons } from '../version-text.ts';
import type { SharedStates } from './shared-states.ts';

/** Says how the window's registries stand with their shared storage. Hidden where none has any. */
export class SharingStatus implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #states: SharedStates;
  readonly #subscription: vscode.Disposable;

  constructor(states: SharedStates) {
    this.#states = states;
    this.#item = vscode.window.createStatusBarItem('modelRegistry.sharing', vscode.StatusBarAlignment.Left, 0.9);
    this.#item.name = t('Model Registry: Shared Storage');
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
    this.#item.text =
      transfer && !isWarning
        ? `$(sync~spin) ${withoutIcons(progressText(transfer))}`
        : `$(${icon}) ${withoutIcons(text)}`;
    this.#item.accessibilityInformation = { label: t('Shared model registry: {text}', { text }) };
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
  const listed = (...parts: readonly string[]) => [...parts, ...(isPaused ? [t('uploads paused')] : [])].join(', ');
  const waiting = pending > 0 ? [pendingText(pending)] : [];
  if (refused > 0) return { icon: 'warning', text: listed(refusedText(refused), ...waiting), isWarning: true };
  if (stale > 0)
    return { icon: 'question', text: tCount(stale, '{count} to confirm', '{count} to confirm'), isWarning: true };
  if (blocked) {
    const what = isAboutSignIn(blocked.code) ? t('sign in again') : t('can’t be shared');
    const since = t('since {moment}', { moment: momentText(blocked.since) });
    return { icon: 'error', text: listed(what, since, ...waiting), isWarning: true };
  }
  if (offline) {
    const since = t('offline since {moment}', { moment: momentText(offline.since) });
    return { icon: 'cloud', text: listed(since, ...waiting), isWarning: false };
  }
  if (states.some(({ problem }) => problem))
    return { icon: 'warning', text: listed(t('files not shared'), ...waiting), isWarning: true };
  if (pending > 0) return { icon: 'cloud-upload', text: listed(pendingText(pending)), isWarning: false };
  return { icon: 'cloud', text: listed(t('synced')), isWarning: false };
}

export function pendingText(count: number): string {
  return tCount(count, '{count} pending', '{count} pending');
}

export function refusedText(count: number): string {
  return tCount(count, '{count} refused', '{count} refused');
}

function tooltipOf(states: readonly RemoteStatus[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(`**${t('Shared storage')}**`);
  for (const { url, syncedAt, pending, refused, failure, problem } of states) {
    const lines = [
      url,
      ...(syncedAt === undefined ? [] : [t('In agreement at {syncedAt}', { syncedAt: momentText(syncedAt) })]),
      ...(pending > 0 ? [tCount(pending, '{count} to be shared', '{count} to be shared')] : []),
      ...(refused > 0
        ? [tCount(refused, '{count} refused: somebody has to decide', '{count} refused: somebody has to decide')]
        : []),
      ...(failure ? [told(failure.message)] : []),
      ...(problem ? [told(problem.message)] : []),
    ];
    for (const line of lines) {
      markdown.appendMarkdown('  \n');
      appendWords(markdown, oneLine(line, 400));
    }
  }
  return markdown;
}
