/**
 * Whether all text in a value from JSON is well-formed Unicode. JSON can spell a lone surrogate (`"\\ud800"`), which has no UTF-8: it
 * would be stored as another character.
 */
export function isWellFormed(root: unknown): boolean {
  // A stack of its own: what JSON.parse accepts may nest deeper than the call stack goes.
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string' && !value.isWellFormed()) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (!name.isWellFormed()) return false;
      left.push(member);
    }
  }
  return true;
}
