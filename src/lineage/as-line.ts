/** A path as the log can have it: in one line, of so many characters at most. */
export function asLine(path: string, most: number): string {
  return path.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?').slice(0, most) || '?';
}
