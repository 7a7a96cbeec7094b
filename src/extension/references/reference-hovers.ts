import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import { type AskedFirst, type FoundVersion, findVersion } from '../file-system/version-registries.ts';
import { shortVersionTooltip } from '../models-tree/tooltips.ts';
import { appendWords } from '../plain-markdown.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { labelOf, oneLine } from '../version-text.ts';
import { modelReferences } from './model-references.ts';

/** Also the cells of notebooks. */
const PYTHON: vscode.DocumentSelector = [{ language: 'python' }];
const MAX_LINE = 10_000;
const MOST_METRICS = 5;
/** Documents that are longer are generated. */
const MAX_LINES = 20_000;

type OfWindow = Pick<Registries, 'existing'>;

/** Tells at `models:/name@alias` in Python which version that is now, and links to its page. Looks nothing up before it is asked for. */
export function explainReferences(registries: OfWindow): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(PYTHON, {
      async provideHover(document, position, token) {
        const { text, range } = document.lineAt(position.line);
        if (text.length > MAX_LINE || !(await hasAny(registries))) return undefined;
        const at = position.character;
        const reference = modelReferences(text).find(({ start, end }) => start <= at && at <= end);
        if (!reference || token.isCancellationRequested) return undefined;
        const place = new vscode.Range(
          range.start.translate(0, reference.start),
          range.start.translate(0, reference.end),
        );
        return new vscode.Hover(await explained(registries, reference.ref, registryOf(document)), place);
      },
    }),
    vscode.languages.registerDocumentLinkProvider(PYTHON, {
      async provideDocumentLinks(document) {
        if (document.lineCount > MAX_LINES || !(await hasAny(registries))) return [];
        return modelReferences(document.getText()).map(({ start, end, ref }) => {
          const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
          return new ReferenceLink(range, ref, registryOf(document));
        });
      },
      async resolveDocumentLink(link) {
        if (!(link instanceof ReferenceLink)) return link;
        try {
          link.target = pageOf(await versionOf(registries, link.ref, link.isFirst));
        } catch (error) {
          // Leads nowhere: the hover says why.
          if (!RegistryError.is(error)) throw error;
        }
        return link;
      },
    }),
  );
}

/** MLflow's own word for the newest version, whatever its stage. */
const NEWEST = '@latest';

/** A link whose target is looked up when it is followed. */
class ReferenceLink extends vscode.DocumentLink {
  readonly ref: string;
  readonly isFirst: AskedFirst;

  constructor(range: vscode.Range, ref: string, isFirst: AskedFirst) {
    super(range);
    this.tooltip = t('Open its page');
    this.ref = ref;
    this.isFirst = isFirst;
  }
}

/** Several folders may have a model of the same name: a file means that of its own. */
function registryOf({ uri }: vscode.TextDocument): AskedFirst {
  const root = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
  return ({ roots }) => roots.some((folder) => folder.uri.toString() === root);
}

async function versionOf(registries: OfWindow, ref: string, isFirst: AskedFirst): Promise<FoundVersion> {
  if (!ref.endsWith(NEWEST)) return findVersion(registries, ref, isFirst);
  const model = ref.slice(0, -NEWEST.length);
  const found = await findVersion(registries, model, isFirst);
  const { items } = await found.registry.connection.registry.listVersions({ model, limit: 1 });
  return { ...found, version: items[0] ?? found.version };
}

async function hasAny(registries: OfWindow): Promise<boolean> {
  return (await registries.existing()).length > 0;
}

async function explained(registries: OfWindow, ref: string, isFirst: AskedFirst): Promise<vscode.MarkdownString> {
  try {
    const found = await versionOf(registries, ref, isFirst);
    const markdown = shortVersionTooltip(found.version, preferredMetric(), MOST_METRICS);
    // MLflow's word for the newest is none of this registry's.
    const here = ref.endsWith(NEWEST) ? labelOf(found.version) : ref;
    markdown.appendMarkdown('\n\n');
    appendWords(
      markdown,
      t(
        'This is what the registry here has under the name. MLflow loads the address from its own registry; from here, load the files that “{command}” prints.',
        {
          command: ['model-registry', 'path', here].join(' '),
        },
      ),
    );
    markdown.appendMarkdown(`\n\n[${t('Show the version')}](${pageOf(found).toString()})`);
    // What the registry says was added as text; this link is the only one.
    markdown.isTrusted = { enabledCommands: ['modelRegistry.showVersion'] };
    return markdown;
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    const markdown = new vscode.MarkdownString();
    appendWords(markdown, oneLine(toldOf(error), 500));
    return markdown;
  }
}

function pageOf({ registry, version }: FoundVersion): vscode.Uri {
  const target = JSON.stringify([{ registryDir: registry.dir, versionId: version.id }]);
  return vscode.Uri.from({ scheme: 'command', path: 'modelRegistry.showVersion', query: target });
}
