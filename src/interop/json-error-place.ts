/** A place in a text, both counted from 1; columns in UTF-16 code units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * The place in a text at which `JSON.parse` stopped. Undefined if V8 does not report it, as for a text that ends too early.
 *
 * Relies on the wording of V8's messages (`… in JSON at position 7`, Node.js 20), which is undocumented; the error has no property for
 * the position. The message itself is not shown: it repeats the text, which may contain a secret.
 */
export function placeOfJsonError(error: unknown, text: string): TextPlace | undefined {
  const position = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  if (position === undefined) return undefined;
  const lines = text.slice(0, Number(position)).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
