// Texts on their way from and to Python.

/** Returns the text whose repr Python has sent. */
export function unquoted(repr: string): string {
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return repr
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)/g, (_, code: string) =>
      /^[xuU]/.test(code) ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (escapes[code] ?? code)
    );
}

/** Returns a Python literal for a text. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
