import { html, nothing, type TemplateResult } from 'lit';
import MarkdownIt, { type Token } from 'markdown-it';

/** Longer texts are shown to here: nobody reads more of one on a page. */
const MOST_CHARACTERS = 32 * 1024;

export interface MarkdownOptions {
  /** What a link or picture that leads to no web address does; nothing where it leads nowhere. */
  readonly openPath?: (path: string) => (() => void) | undefined;
}

const FIRST_HEADING = 3;

/** Tags in a text are text. Links are told from others where they are drawn, so that what leads nowhere keeps its words. */
const reader = new MarkdownIt({ html: false, breaks: true });
reader.validateLink = () => true;

/**
 * Markdown of people and files as a part of the page. It becomes text and the elements named here, and never HTML: tags in it are shown as they are
 * written, links lead to web addresses alone, and no picture is loaded.
 */
export function markdown(text: string, options: MarkdownOptions = {}): TemplateResult {
  const shown = text.slice(0, MOST_CHARACTERS);
  const tokens = reader.parse(shown, {});
  return html`<div class="markdown">
    ${new Drawing(options).all(branchesOf(tokens))}${text.length > shown.length ? html`<p class="muted">…</p>` : nothing}
  </div>`;
}

/** A token with those between it and the one that closes it. */
interface Branch {
  readonly token: Token;
  readonly inner: readonly Branch[];
}

function branchesOf(tokens: readonly Token[]): readonly Branch[] {
  const root: Branch[] = [];
  const open: Branch[][] = [root];
  for (const token of tokens) {
    const siblings = open.at(-1) ?? root;
    if (token.nesting < 0) {
      if (open.length > 1) open.pop();
      continue;
    }
    const inner: Branch[] = token.type === 'inline' ? [...branchesOf(token.children ?? [])] : [];
    siblings.push({ token, inner });
    if (token.nesting > 0) open.push(inner);
  }
  return root;
}

type Piece = TemplateResult | string | typeof nothing | readonly Piece[];

class Drawing {
  readonly #options: MarkdownOptions;
  #lastHeading = FIRST_HEADING - 1;

  constructor(options: MarkdownOptions) {
    this.#options = options;
  }

  all(branches: readonly Branch[]): readonly Piece[] {
    return branches.map((branch) => this.#piece(branch));
  }

  #piece({ token, inner }: Branch): Piece {
    switch (token.type) {
      case 'inline':
        return this.all(inner);
      case 'text':
        return token.content;
      case 'softbreak':
      case 'hardbreak':
        return html`<br />`;
      case 'paragraph_open':
        return token.hidden ? this.all(inner) : html`<p>${this.all(inner)}</p>`;
      case 'heading_open':
        return this.#heading(Number(token.tag.slice(1)), this.all(inner));
      case 'code_inline':
        return html`<code>${token.content}</code>`;
      case 'code_block':
      case 'fence':
        return html`<pre tabindex="0"><code>${token.content}</code></pre>`;
      case 'strong_open':
        return html`<strong>${this.all(inner)}</strong>`;
      case 'em_open':
        return html`<em>${this.all(inner)}</em>`;
      case 's_open':
        return html`<del>${this.all(inner)}</del>`;
      case 'blockquote_open':
        return html`<blockquote>${this.all(inner)}</blockquote>`;
      case 'bullet_list_open':
        return html`<ul>${this.all(inner)}</ul>`;
      case 'ordered_list_open':
        return html`<ol start=${attribute(token, 'start') || '1'}>${this.all(inner)}</ol>`;
      case 'list_item_open':
        return html`<li>${this.all(inner)}</li>`;
      case 'hr':
        return html`<hr />`;
      case 'table_open':
        return html`<div class="scroll-x" tabindex="0"><table class="narrow">${this.all(inner)}</table></div>`;
      case 'thead_open':
        return html`<thead>${this.all(inner)}</thead>`;
      case 'tbody_open':
        return html`<tbody>${this.all(inner)}</tbody>`;
      case 'tr_open':
        return html`<tr>${this.all(inner)}</tr>`;
      case 'th_open':
        return html`<th scope="col" class=${sideOf(token)}>${this.all(inner)}</th>`;
      case 'td_open':
        return html`<td class=${sideOf(token)}>${this.all(inner)}</td>`;
      case 'link_open':
        return this.#link(attribute(token, 'href'), this.all(inner));
      case 'image':
        return this.#link(attribute(token, 'src'), token.content === '' ? attribute(token, 'src') : token.content);
      default:
        return inner.length > 0 ? this.all(inner) : token.content;
    }
  }

  /** The ranks on a page leave none out, whatever those of the text do. */
  #heading(depth: number, content: Piece): TemplateResult {
    const rank = Math.min(depth + FIRST_HEADING - 1, this.#lastHeading + 1, 6);
    this.#lastHeading = rank;
    switch (rank) {
      case 3:
        return html`<h3>${content}</h3>`;
      case 4:
        return html`<h4>${content}</h4>`;
      case 5:
        return html`<h5>${content}</h5>`;
      default:
        return html`<h6>${content}</h6>`;
    }
  }

  #link(address: string, content: Piece): TemplateResult {
    if (/^https?:\/\/[^\s]+$/i.test(address)) return html`<a href=${address} title=${address}>${content}</a>`;
    const open = this.#options.openPath?.(pathOf(address));
    if (open === undefined) return html`<span title=${address}>${content}</span>`;
    return html`<button class="link" title=${address} @click=${open}>${content}</button>`;
  }
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '');
}

function sideOf(token: Token): string {
  return /right/.test(attribute(token, 'style')) ? 'numeric' : '';
}

function pathOf(address: string): string {
  try {
    return decodeURIComponent(address)
      .replace(/^\.\//, '')
      .replace(/[?#].*$/, '');
  } catch {
    return address;
  }
}
