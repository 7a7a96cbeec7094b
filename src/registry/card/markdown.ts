/** Text within a line of Markdown: nothing of it is markup, and no table ends in it. */
export function plainText(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/[\\`*_{}[\]<>#|~&]/g, (mark) => `\\${mark}`);
}

/** Text as code within a line, or in a cell of a table. */
export function codeText(text: string): string {
  const line = text.replace(/[\r\n\t]+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

/** A table whose cells are Markdown already; its columns after the first are set to the right where `isNumeric`. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { isNumeric = false, most }: { readonly isNumeric?: boolean; readonly most?: number } = {},
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (isNumeric && column > 0 ? '--:' : '---'));
  const shown = most === undefined ? rows : rows.slice(0, most);
  const left = rows.length - shown.length;
  return [line(head), line(rule), ...shown.map(line)].join('\n') + (left > 0 ? `\n\n… and ${left} more.` : '');
}

/** A block of code in which nothing ends it. */
export function codeBlock(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
