/** Embeddings, overrides, and what ends them: what stands between is shown in another order than it has. Isolates and marks stay: right-to-left texts need them. */
const OVERRIDES = /[\u202a-\u202e]/g;

/** A text, or JSON, in which nothing is shown in another order than it has: names and texts by others could pass for something else. */
export function withoutOverrides(text: string): string {
  // JSON has these characters as they are, in names and in texts.
  return text.replace(OVERRIDES, '\ufffd');
}

/** The same for a message; itself where it has none of them. */
export function messageWithoutOverrides<M>(message: M): M {
  const json = JSON.stringify(message);
  const cleaned = withoutOverrides(json);
  return cleaned === json ? message : JSON.parse(cleaned);
}
