/**
 * Whether all strings in a value from JSON are well-formed Unicode. JSON can contain a lone surrogate (`"\\ud800"`), which has no
 * UTF-8 encoding and would be stored as another character.
 */
export function isWellFormed(root: unknown): boolean {
  // Not recursive: JSON.parse accepts values that nest deeper than the call stack.
  const pending: object[] = [];
  const accepts = (value: unknown): boolean => {
    if (typeof value === 'string') return value.isWellFormed();
    if (typeof value === 'object' && value !== null) pending.push(value);
    return true;
  };
  let wellFormed = accepts(root);
  for (let value = pending.pop(); wellFormed && value; value = pending.pop()) {
    if (Array.isArray(value)) wellFormed = value.every(accepts);
    else for (const name in value) wellFormed &&= name.isWellFormed() && accepts(value[name as keyof typeof value]);
  }
  return wellFormed;
}
