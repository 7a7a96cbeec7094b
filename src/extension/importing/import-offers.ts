import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { dateLocale, formatNumber, t, tCount } from '../../base/language.ts';
import type { ImportOverview, ModelOverview } from '../../importing/overview.ts';
import { inform } from '../notify.ts';
import type { Registries } from '../registries/registries.ts';
import { isOffering } from '../settings.ts';
import { oneLine } from '../version-text.ts';
import type { OfferMarks } from '../watching/offer-marks.ts';
import { importRoots } from './import-sources.ts';
import { sourceName } from './import-text.ts';

export interface ImportOffersOptions {
  readonly registries: Registries;
  readonly marks: Pick<OfferMarks, 'isFirst' | 'has'>;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Offers once, for each folder and what keeps models in it, in one of the windows on it, to import what a team has already, where the registry has nothing of it. What is
 * there is read in threads, and only where names at the root of the folder tell of it.
 */
export class ImportOffers implements vscode.Disposable {
  readonly #options: ImportOffersOptions;
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly #ending = new AbortController();
  #last: Promise<void>;

  constructor(options: ImportOffersOptions) {
    this.#options = options;
    const look = () => {
      this.#last = this.#last.then(() => this.#lookAll());
    };
    this.#last = this.#lookAll();
    this.#subscriptions = [
      vscode.workspace.onDidGrantWorkspaceTrust(look),
      vscode.workspace.onDidChangeWorkspaceFolders(look),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('modelRegistry.offerModels')) look();
      }),
    ];
  }

  dispose(): void {
    this.#ending.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #lookAll(): Promise<void> {
    try {
      for (const root of await importRoots()) await this.#look(root);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#options.log.warn(`Nothing was looked for to import: ${messageOf(error)}`);
    }
  }

  async #look(root: vscode.WorkspaceFolder): Promise<void> {
    const { marks } = this.#options;
    if (!vscode.workspace.isTrusted || !isOffering(root) || (await marks.has(neverIn(root)))) return;
    const registry = await this.#options.registries.byRoot(root);
    if (!registry || this.#ending.signal.aborted) return;
    const overview = await registry.connection.planImport(root.uri.fsPath, { signal: this.#ending.signal });
    const found = worthOffering(overview);
    const unseen = new Set<string>();
    // Once, whatever the answer is: the command stays, and the welcome view names it.
    for (const source of new Set(found.map((model) => model.source)))
      if (!this.#ending.signal.aborted && (await marks.isFirst(`import:${root.uri.toString()}:${source}`)))
        unseen.add(source);
    const wanted = found.filter(({ source }) => unseen.has(source));
    if (wanted.length === 0) return;
    // Nobody waits for the answer, other folders neither.
    void this.#offer(root, wanted).catch((error: unknown) => this.#options.log.error(messageOf(error)));
  }

  async #offer(root: vscode.WorkspaceFolder, models: readonly ModelOverview[]): Promise<void> {
    const [choose, notNow, never] = [t('Import…'), t('Not Now'), t('Never Here')];
    const chosen = await inform(offerText(models), choose, notNow, never);
    if (chosen === choose) await vscode.commands.executeCommand('modelRegistry.importModels', root.uri);
    else if (chosen === never) await this.#options.marks.isFirst(neverIn(root));
  }
}

function neverIn(root: vscode.WorkspaceFolder): string {
  return `neverImport:${root.uri.toString()}`;
}

/** Of sources of which nothing was ever imported, what would be. */
export function worthOffering({ models }: ImportOverview): readonly ModelOverview[] {
  const known = new Set(models.filter(({ knownVersions }) => knownVersions > 0).map(({ source }) => source));
  return models.filter(
    // Files that nothing tells of are offered when they appear.
    ({ source, isPicked, newVersions }) => isPicked && newVersions > 0 && source !== 'files' && !known.has(source),
  );
}

export function offerText(models: readonly ModelOverview[]): string {
  const versions = models.reduce((sum, { newVersions }) => sum + newVersions, 0);
  const names = [...new Set(models.map(({ source }) => sourceName(source)))];
  const sources = names.join(', ');
  const [first] = models;
  if (models.length === 1 && first)
    return tCount(
      versions,
      '{sources} has {count} version of {model} here. Import it into the registry?',
      '{sources} has {count} versions of {model} here. Import them into the registry?',
      { sources, model: oneLine(first.name, 60) },
    );
  if (names.length > 1)
    return t('{sources} have {versions} versions of {models} models here. Import them into the registry?', {
      sources: new Intl.ListFormat(dateLocale(), { type: 'conjunction' }).format(names),
      versions: formatNumber(versions),
      models: formatNumber(models.length),
    });
  return t('{sources} has {versions} versions of {models} models here. Import them into the registry?', {
    sources,
    versions: formatNumber(versions),
    models: formatNumber(models.length),
  });
}
