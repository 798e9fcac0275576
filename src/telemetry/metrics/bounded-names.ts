/** What stands for all names beyond the bound. */
const other = 'other';
const longest = 64;

/**
 * The first `most` names as they are and all others as `other`: a label whose values clients choose must not grow without end, as
 * the memory here and of whoever collects does with it.
 */
export function createBoundedNames(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most || name.length > longest) return other;
    known.add(name);
    return name;
  };
}
