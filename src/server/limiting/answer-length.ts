/** What a number, a null or a name's punctuation takes, about. */
const small = 4;
/** Levels of values in values: some more, and neither could it be written as JSON. */
export const deepestAnswer = 1_000;

/**
 * Whether a result's data would be longer than so many characters as JSON, about, or nest too deep: looked at before it is
 * written, as what is written is a second copy. Stops where it is known.
 */
export function excessOf(max: number, data: unknown): 'length' | 'depth' | undefined {
  const left = leftOf(max, data, 0);
  if (left >= 0) return undefined;
  return left === -Infinity ? 'depth' : 'length';
}

function leftOf(max: number, value: unknown, depth: number): number {
  if (typeof value === 'string') return max - value.length - small;
  if (typeof value !== 'object' || value === null) return max - small;
  if (depth > deepestAnswer) return -Infinity;
  let left = max - small;
  if (Array.isArray(value)) {
    for (const item of value) {
      left = leftOf(left, item, depth + 1);
      if (left < 0) break;
    }
    return left;
  }
  // Of every answer: a list of its names and values would be made for nothing.
  for (const name in value) {
    left = leftOf(left - name.length - small, Reflect.get(value, name), depth + 1);
    if (left < 0) break;
  }
  return left;
}
