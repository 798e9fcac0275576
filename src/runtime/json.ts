/** Like `readJson`, for callers to whom the JSON `null` and no JSON are the same. */
export function parseJson(text: string): unknown {
  return readJson(text)?.json ?? null;
}

/**
 * Parses JSON. Returns undefined if `text` is not JSON, or if an object in it has an own key `__proto__`, which could
 * pollute prototypes in clients.
 */
export function readJson(text: string): { readonly json: unknown } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  // The key may be written with escapes. Searching the value only then keeps the common case cheap.
  return (text.includes('__proto__') || text.includes('\\u')) && holdsProtoKey(json) ? undefined : { json };
}

function holdsProtoKey(root: unknown): boolean {
  // Iterative, because JSON.parse accepts deeper nesting than the call stack.
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    for (const member of Object.values(value)) left.push(member);
  }
  return false;
}
