import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import { told, toldOf } from '../../base/retold.ts';
import type { ProductionEntry } from '../../catalog/read-models/holders.ts';
import { type Deployments, isOutOfStep } from '../after/deployments.ts';
import { appendWords } from '../plain-markdown.ts';
import type { Registries } from '../registries/registries.ts';
import { momentText, numberOf, oneLine, withoutIcons } from '../version-text.ts';
import type { Activity } from './activity.ts';

/** Says what is in production, or what is being done right now. Hidden where there is no registry. */
export class StatusBar implements vscode.Disposable {
  readonly #registries: Registries;
  readonly #deployments: Pick<Deployments, 'all' | 'onDidChange'>;
  readonly #activity: Activity;
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: readonly vscode.Disposable[];
  #idleText = '';
  #isVisible = false;
  #updates = 0;

  constructor(registries: Registries, deployments: Pick<Deployments, 'all' | 'onDidChange'>, activity: Activity) {
    this.#registries = registries;
    this.#deployments = deployments;
    this.#activity = activity;
    this.#item = vscode.window.createStatusBarItem('modelRegistry.production', vscode.StatusBarAlignment.Left, 1);
    this.#item.name = 'Model Registry';
    this.#item.command = 'modelRegistry.models.focus';
    this.#subscriptions = [
      registries.onDidChange(() => void this.update()),
      deployments.onDidChange(() => void this.update()),
      activity.onDidChange(() => this.#draw()),
    ];
  }

  async update(): Promise<void> {
    this.#updates += 1;
    const update = this.#updates;
    const existing = await this.#registries.existing();
    const results = await Promise.allSettled(existing.map(({ connection }) => connection.registry.production()));
    // A newer update has more to say than this one.
    if (update !== this.#updates) return;
    const entries = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const problems = results.flatMap((result) => (result.status === 'rejected' ? [toldOf(result.reason)] : []));
    this.#isVisible = existing.length > 0;
    for (const { model, path, problem } of this.#deployments.all().filter(isOutOfStep))
      problems.push(
        `${t('{path} hasn’t what is in production of {model}', { path, model })}${problem === undefined ? '' : `: ${told(problem)}`}`,
      );
    this.#idleText =
      problems.length > 0 ? `$(warning) ${idleText(entries, 'Model Registry')}` : `$(package) ${idleText(entries)}`;
    this.#item.tooltip = tooltipOf(entries, problems);
    this.#draw();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  #draw(): void {
    const { current } = this.#activity;
    this.#item.text = current === undefined ? this.#idleText : `$(sync~spin) ${inStatusBar(current)}`;
    this.#item.accessibilityInformation = {
      label: t('Model Registry: {current}', { current: current ?? plain(this.#idleText) }),
    };
    if (this.#isVisible || current !== undefined) this.#item.show();
    else this.#item.hide();
  }
}

function idleText(entries: readonly ProductionEntry[], otherwise = t('none in production')): string {
  const [only] = entries;
  if (only === undefined) return otherwise;
  if (entries.length > 1) return tCount(entries.length, '{count} in production', '{count} in production');
  return `${inStatusBar(only.model)} ${numberOf(only.version)}`;
}

function tooltipOf(entries: readonly ProductionEntry[], problems: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('**Model Registry**');
  const lines = [
    ...problems,
    ...entries.slice(0, 20).map(({ model, version, since, by }) =>
      t('{model} {version} in production since {since} by {name}', {
        model,
        version: numberOf(version),
        since: momentText(since),
        name: by.name,
      }),
    ),
    ...(entries.length > 20 ? [tCount(entries.length - 20, 'and {count} more', 'and {count} more')] : []),
    ...(entries.length + problems.length === 0 ? [t('No version is in production')] : []),
  ];
  for (const line of lines) {
    markdown.appendMarkdown('  \n');
    appendWords(markdown, oneLine(line, 300));
  }
  return markdown;
}

function inStatusBar(text: string): string {
  return withoutIcons(oneLine(text, 60));
}

function plain(text: string): string {
  return text.replace(/^\$\([\w~-]+\) /, '');
}
