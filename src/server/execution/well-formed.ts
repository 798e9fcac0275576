/**
 * Whether all text in a value from JSON is well-formed Unicode. JSON can spell a lone surrogate (`"\\ud800"`), which has no UTF-8: it
 * would be stored as another character.
 */
export function isWellFormed(root: unknown): boolean {
  // A stack of its own: what JSON.parse accepts may nest deeper than the call stack goes.
  const left: object[] = [];
  const accepts = (value: unknown): boolean => {
    if (typeof value === 'string') return value.isWellFormed();
    if (typeof value === 'object' && value !== null) left.push(value);
    return true;
  };
  let isRight = accepts(root);
  for (let value = left.pop(); isRight && value; value = left.pop()) {
    if (Array.isArray(value)) isRight = value.every(accepts);
    else for (const name in value) isRight &&= name.isWellFormed() && accepts(value[name as keyof typeof value]);
  }
  return isRight;
}
