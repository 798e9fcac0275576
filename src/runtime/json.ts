/**
 * Parses JSON. Returns null if `text` is not JSON, or if an object in it has an own key `__proto__`, which could
 * pollute prototypes in clients.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  // The key may be written with escapes. Searching the value only then keeps the common case cheap.
  return (text.includes('__proto__') || text.includes('\\u')) && holdsProtoKey(value) ? null : value;
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
