/** The JSON value that `text` is, or null where it is not JSON or holds an own `__proto__` key, which clients may trip over. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  // The key may also be spelt with escapes; looking through the value only then keeps the common case cheap.
  return (text.includes('__proto__') || text.includes('\\u')) && holdsProtoKey(value) ? null : value;
}

function holdsProtoKey(root: unknown): boolean {
  // A stack of its own: what JSON.parse takes may nest deeper than the call stack goes.
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    for (const member of Object.values(value)) left.push(member);
  }
  return false;
}
