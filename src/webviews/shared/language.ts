import { type Language, speak } from '../../base/language.ts';

/** Speaks the language of the editor, whose texts the extension put into the page. */
export function speakAsTheEditor(): void {
  const { language } = document.body.dataset;
  if (language !== undefined) speak(languageOf(JSON.parse(language)));
}

/** Only the extension writes the page: anything else than its language is none. */
function languageOf(value: unknown): Language | undefined {
  if (typeof value !== 'object' || value === null || !('tag' in value) || !('texts' in value)) return undefined;
  const { tag, texts } = value;
  if (typeof tag !== 'string' || typeof texts !== 'object' || texts === null) return undefined;
  return { tag, texts: Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string')) };
}
