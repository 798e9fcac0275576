/** What a number, a null or a name's punctuation takes, about. */
const small = 4;

/**
 * Whether a result's data would be longer than so many characters as JSON, about: looked at before it is written, as what is
 * written is a second copy. Stops where it is known.
 */
export function isLongerThan(max: number, data: unknown): boolean {
  let left = max;
  const waiting: unknown[] = [data];
  while (waiting.length > 0 && left >= 0) {
    const value = waiting.pop();
    if (typeof value === 'string') left -= value.length + small;
    else if (Array.isArray(value)) {
      left -= small;
      for (const item of value) waiting.push(item);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        left -= name.length + small;
        waiting.push(item);
      }
    } else left -= small;
  }
  return left < 0;
}
