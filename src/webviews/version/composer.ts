import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { t } from '../../base/language.ts';
import type { RemarkKind } from '../../extension/messages/version.ts';
import type { PageContext } from '../shared/page.ts';
import { icon } from '../shared/parts.ts';
import { markdown } from './markdown.ts';

const LONGEST = 16_384;

interface Sending {
  readonly isUnderWay: boolean;
  readonly problem?: string;
}
/** The box that was just opened gets the keyboard, and doesn't take it again when the page comes back with it. */
let justOpened: RemarkKind | undefined;

/** As the person's keyboard has them. */
function sendingKeys(): string {
  return /Mac|iPhone|iPad/.test(navigator.platform) ? t('⌘Enter') : t('Ctrl+Enter');
}

/** Opens the box, or closes it. */
export function toggleComposer(kind: RemarkKind, page: PageContext): void {
  const isWriting = page.ui[`write.${kind}`] === true;
  justOpened = isWriting ? undefined : kind;
  page.setUi(`write.${kind}`, !isWriting);
}

const sending = new Map<RemarkKind, Sending>();

/** A box for a note or a comment in Markdown. What is written in it is kept while the page is hidden. */
export function composer(kind: RemarkKind, page: PageContext): TemplateResult {
  const name = `text.${kind}`;
  const text = typeof page.ui[name] === 'string' ? page.ui[name] : '';
  const isPreview = page.ui[`preview.${kind}`] === true;
  const { isUnderWay = false, problem } = sending.get(kind) ?? {};
  const send = async () => {
    if (text.trim() === '' || isUnderWay) return;
    sending.set(kind, { isUnderWay: true });
    page.redraw();
    try {
      await page.read('remark', { kind, text });
      sending.delete(kind);
      page.setUis({ [name]: '', [`write.${kind}`]: false, [`preview.${kind}`]: false });
    } catch (error) {
      sending.set(kind, { isUnderWay: false, problem: error instanceof Error ? error.message : String(error) });
      page.redraw();
    }
  };
  const focusOnce = (box: Element | undefined) => {
    if (!(box instanceof HTMLTextAreaElement) || justOpened !== kind) return;
    justOpened = undefined;
    // After the page is drawn: until then it isn't in it.
    queueMicrotask(() => box.focus());
  };
  return html`<div class="composer">
    ${
      isPreview
        ? html`<div class="composer-preview">${markdown(text)}</div>`
        : html`<textarea
            ${ref(focusOnce)}
            rows="4"
            maxlength=${LONGEST}
            aria-label=${kind === 'note' ? t('Note, in Markdown') : t('Comment, in Markdown')}
            placeholder=${t('Markdown; {keys} sends it. Nothing that was sent can be taken back.', { keys: sendingKeys() })}
            .value=${text}
            @input=${({ currentTarget }: Event) => {
              if (currentTarget instanceof HTMLTextAreaElement) page.setUi(name, currentTarget.value);
            }}
            @keydown=${(event: KeyboardEvent) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
              else if (event.key === 'Escape') page.setUi(`write.${kind}`, false);
            }}
          ></textarea>`
    }
    ${problem === undefined ? nothing : html`<p class="warning" role="alert">${icon('warning')}&nbsp;<span class="wrap">${problem}</span></p>`}
    <div class="composer-actions">
      <vscode-button ${page.writes} ?disabled=${isUnderWay || text.trim() === ''} @click=${send}>${kind === 'note' ? t('Add the note') : t('Add the comment')}</vscode-button>
      <button class="link" @click=${() => page.setUi(`preview.${kind}`, !isPreview)}>${isPreview ? t('Write') : t('Preview')}</button>
      <button class="link" @click=${() => page.setUi(`write.${kind}`, false)}>${t('Cancel')}</button>
    </div>
  </div>`;
}
