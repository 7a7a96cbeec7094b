import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { DeploymentState } from '../../workers/registry-messages.ts';
import { tellBriefly, warn } from '../notify.ts';
import type { Registries } from '../registries/registries.ts';
import type { Activity } from '../status/activity.ts';
import { labelOf, oneLine } from '../version-text.ts';

/** A folder of a workspace that production is deployed to, as the registry's thread said last. */
export interface KnownDeployment extends DeploymentState {
  readonly registryDir: string;
  readonly root: string;
}

/** How the folders stand that production is deployed to. Tells the person of those that can't be brought up to date, once each. */
export class Deployments implements vscode.Disposable {
  readonly #known = new Map<string, KnownDeployment>();
  readonly #ends = new Map<string, () => void>();
  readonly #told = new Map<string, string>();
  readonly #activity: Activity;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #subscription: vscode.Disposable;

  /** Given the folder of the registry. */
  readonly onDidChange = this.#changed.event;

  constructor(options: {
    readonly registries: Pick<Registries, 'onThreadEvent'>;
    readonly activity: Activity;
    readonly log: vscode.LogOutputChannel;
  }) {
    this.#activity = options.activity;
    this.#log = options.log;
    this.#subscription = options.registries.onThreadEvent(({ registry, event }) => {
      if (event.kind === 'deployment')
        this.#received({ ...event.deployment, root: event.root, registryDir: registry.dir });
      if (event.kind === 'stopped') this.#stopped(registry.dir);
    });
  }

  /** Those of a model. */
  of(registryDir: string, modelId: string): readonly KnownDeployment[] {
    return this.all().filter(
      (one) => one.registryDir === registryDir && (one.wanted?.modelId ?? one.served?.model.id) === modelId,
    );
  }

  all(): readonly KnownDeployment[] {
    return [...this.#known.values()];
  }

  /** What a folder declared before and doesn't any more isn't shown any longer. */
  forget(root: string): void {
    for (const [key, { root: of, registryDir }] of this.#known) {
      if (of !== root) continue;
      this.#known.delete(key);
      this.#end(key);
      this.#changed.fire(registryDir);
    }
  }

  dispose(): void {
    for (const key of this.#ends.keys()) this.#end(key);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #received(deployment: KnownDeployment): void {
    const key = `${deployment.root}\0${deployment.model}`;
    const before = this.#known.get(key);
    this.#known.set(key, deployment);
    this.#end(key);
    const { wanted, isBusy, problem, tookMs, path, model } = deployment;
    const label = wanted ? labelOf(wanted) : model;
    if (isBusy) this.#ends.set(key, this.#activity.begin(t('Deploying {label}', { label })));
    if (tookMs !== undefined) {
      this.#log.info(`Deployed ${label} to ${path} in ${Math.round(tookMs)} ms`);
      tellBriefly(t('Deployed {label} to {path}', { label, path }));
    }
    if (problem === undefined) this.#told.delete(key);
    else this.#complain(key, t('{label} isn’t deployed to {path}: {problem}', { label, path, problem }));
    if (!isDeepStrictEqual(before, deployment)) this.#changed.fire(deployment.registryDir);
  }

  /** What was being brought isn't any more, until another thread looks. */
  #stopped(registryDir: string): void {
    for (const { isBusy, ...deployment } of this.all())
      if (isBusy && deployment.registryDir === registryDir) this.#received(deployment);
  }

  #end(key: string): void {
    this.#ends.get(key)?.();
    this.#ends.delete(key);
  }

  /** It is tried again all the time, which nobody wants to hear of each time. */
  #complain(key: string, text: string): void {
    if (this.#told.get(key) === text) return;
    this.#told.set(key, text);
    this.#log.warn(text);
    const tried = t('What is in production hasn’t changed by that; it is tried again.');
    void warn(`${oneLine(text, 500)} ${tried}`, t('Try Now'), t('Show Output')).then((chosen) => {
      if (chosen === t('Show Output')) this.#log.show();
      if (chosen !== t('Try Now')) return;
      vscode.commands
        .executeCommand('modelRegistry.deploy')
        .then(undefined, (error: unknown) => this.#log.error(messageOf(error)));
    });
  }
}

/** Whether what is there isn't what should be: while it is being brought there, that isn't said. */
export function isOutOfStep({ state, isBusy, problem }: DeploymentState): boolean {
  return problem !== undefined || (isBusy !== true && (state === 'out-of-step' || state === 'changed'));
}
