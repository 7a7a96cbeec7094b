import { type Language, spokenLanguage } from '../../base/language.ts';
import type { PageKind } from '../messages/page-data.ts';
import type {
  ChangesPageState,
  ComparisonPageState,
  GraphPageState,
  ModelFilePageState,
  ModelPageState,
  PlotsPageState,
  ReviewPageState,
  VersionPageState,
} from '../messages/page-states.ts';

export interface PageHtml {
  readonly kind: PageKind;
  readonly title: string;
  /** Which page this is; it reaches the page's script as JSON in an attribute. */
  readonly state:
    | VersionPageState
    | ComparisonPageState
    | ChangesPageState
    | GraphPageState
    | ReviewPageState
    | ModelPageState
    | PlotsPageState
    | ModelFilePageState;
  /** What it shows until it has asked, as JSON, with a name that no other page has: the editor runs the same HTML again when a tab that was hidden is shown. */
  readonly first?: { readonly json: string; readonly id: string };
  /** How many pages its webview showed before: what they saved isn't this one's. */
  readonly turn?: number;
  /** The next page may take its place, unless the person does something with it. */
  readonly isPreview?: boolean;
  /** Fresh for every page. */
  readonly nonce: string;
  /** Where the editor serves the extension's files from. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/**
 * The HTML of a page, and the only place that makes any, with the texts of the language that is spoken where that isn't English. Nothing but the extension's own script, styles and icon font may load:
 * what a registry says can't bring its own.
 */
export function pageHtml(page: PageHtml): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    // The icons' font is in their styles.
    'font-src data:',
    // Pictures among a version's files come as data: nothing is loaded for one from anywhere.
    `img-src ${page.kind === 'version' ? 'data:' : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const language = spokenLanguage();
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language.tag)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">
<title>${escapeHtml(page.title)}</title>
</head>
<body data-page="${page.kind}" data-state="${escapeHtml(JSON.stringify(page.state))}"${firstAttributes(page)}${placeAttributes(page)}${languageAttribute(language)}>
<main id="page" aria-busy="true"></main>
<div id="announcer" role="status" class="only-read-aloud"></div>
<script type="module" nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>
</body>
</html>
`;
}

function firstAttributes({ first }: PageHtml): string {
  return first ? ` data-first="${escapeHtml(first.json)}" data-first-id="${escapeHtml(first.id)}"` : '';
}

function placeAttributes({ turn = 0, isPreview = false }: PageHtml): string {
  return `${turn > 0 ? ` data-turn="${turn}"` : ''}${isPreview ? ' data-preview' : ''}`;
}

/** English is in the script already. */
function languageAttribute(language: Language): string {
  return language.tag === 'en' ? '' : ` data-language="${escapeHtml(JSON.stringify(language))}"`;
}

/** The script of a page, below the folder of the pages. */
export function scriptOf(kind: PageKind): string {
  return kind === 'modelFile' ? 'model-file.js' : `${kind}.js`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` so that it is only text, between tags and in quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
