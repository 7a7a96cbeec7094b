/**
 * A JSON value as Python's json module writes it: bare `NaN` and infinities, which JSON doesn't know, become strings, so that an endless number is one that
 * is too large. Throws `SyntaxError`.
 */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(
    text
      .replace(/^\uFEFF/, '')
      .replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
}
