/** Replaces all names beyond the bound. */
const other = 'other';
const maxLength = 64;

/**
 * Keeps the first `maxNames` names and replaces all others with `other`. Clients choose these label values; without a
 * bound, the memory of this process and of Prometheus would grow without end.
 */
export function createBoundedNames(maxNames: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= maxNames || name.length > maxLength) return other;
    known.add(name);
    return name;
  };
}
