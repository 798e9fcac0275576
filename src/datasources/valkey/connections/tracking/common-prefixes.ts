interface Group {
  readonly names: readonly string[];
  readonly prefix: string;
  /** Whether a name equals the prefix, so that the group cannot be divided into longer prefixes. */
  readonly isWhole: boolean;
}

/**
 * At most `most` prefixes that cover all names and of which none begins with another, as long as possible. Names are bytes as Latin-1.
 * Undefined if names have nothing in common, so that one of the prefixes would be empty and cover every key.
 */
export function commonPrefixes(names: readonly string[], most: number): readonly string[] | undefined {
  let groups = [groupOf(names.toSorted())];
  for (;;) {
    // The shortest prefix covers the most keys that are not meant.
    const [shortest] = groups.filter(({ isWhole }) => !isWhole).sort((a, b) => a.prefix.length - b.prefix.length);
    const parts = shortest ? divide(shortest) : [];
    if (!shortest || groups.length - 1 + parts.length > most) break;
    groups = [...groups.filter((group) => group !== shortest), ...parts];
  }
  const prefixes = groups.map(({ prefix }) => prefix);
  return prefixes.includes('') ? undefined : prefixes;
}

/** Groups by the byte that follows the common prefix. */
function divide({ names, prefix }: Group): Group[] {
  const byNext = new Map<string, string[]>();
  for (const name of names) {
    const next = name.charAt(prefix.length);
    const alike = byNext.get(next);
    if (alike) alike.push(name);
    else byNext.set(next, [name]);
  }
  return [...byNext.values()].map(groupOf);
}

/** The names must be sorted: what the first and the last have in common, all have in common. */
function groupOf(names: readonly string[]): Group {
  const [first = '', last = ''] = [names[0], names.at(-1)];
  let length = 0;
  while (length < first.length && first.charAt(length) === last.charAt(length)) length += 1;
  return { names, prefix: first.slice(0, length), isWhole: length === first.length };
}
