import type * as vscode from 'vscode';
import type { ActivityTree } from '../activity/activity-tree.ts';
import type { WebhookSecrets } from '../after/webhook-secrets.ts';
import type { ModelsTree } from '../models-tree/models-tree.ts';
import type { Pages } from '../pages/pages.ts';
import type { Registries } from '../registries/registries.ts';
import type { Reviews } from '../reviews/reviews.ts';
import type { Credentials } from '../sharing/credentials.ts';
import type { SharedStates } from '../sharing/shared-states.ts';
import type { Activity } from '../status/activity.ts';
import type { OutputsWatch } from '../watching/outputs-watch.ts';

/** What commands work with. */
export interface CommandContext {
  readonly registries: Registries;
  readonly pages: Pages;
  readonly reviews: Reviews;
  readonly modelsTree: ModelsTree;
  readonly activityTree: ActivityTree;
  /** The selected rows of the Models view. */
  readonly selectedModels: () => readonly unknown[];
  readonly outputs: OutputsWatch;
  readonly activity: Activity;
  readonly credentials: Credentials;
  readonly sharedStates: SharedStates;
  readonly webhookSecrets: WebhookSecrets;
  /** What is remembered for every window of this person. */
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  /** What links to this extension begin with, after the editor's own scheme. */
  readonly extensionId: string;
  /** The folder of the extension. */
  readonly extensionPath: string;
  readonly log: vscode.LogOutputChannel;
}

/** A command of the table. Arguments come from rows, pages and anyone who can run commands: each is checked. */
export type Command = (context: CommandContext, ...args: readonly unknown[]) => Promise<void>;
