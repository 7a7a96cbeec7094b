/** Text as a literal of Python. Names and paths come from a log that others may write to. */
export function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** A word of a command line as every shell reads it; `instead` where it would have to be quoted, which each does differently. */
export function shellWord(text: string, instead: string): string {
  if (/^[A-Za-z0-9_][\w@+=:,./-]*$/.test(text)) return text;
  return /^[A-Za-z0-9_][\w@+=:,./ ()-]*$/.test(text) ? `"${text}"` : instead;
}
