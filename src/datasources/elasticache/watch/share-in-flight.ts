/**
 * Lets callers of a look share it: while one is under way, all who come wait for the next, which is one for all of them
 * and begins after each has asked. So a thousand callers cost two looks, and nobody is told what was before his call.
 */
export function shareInFlight<Seen>(look: () => Promise<Seen>): () => Promise<Seen> {
  let current: Promise<Seen> | undefined;
  let next: Promise<Seen> | undefined;

  const begin = (): Promise<Seen> => {
    next = undefined;
    const seen = look();
    const over = (): void => {
      if (current === seen) current = undefined;
    };
    current = seen;
    seen.then(over, over);
    return seen;
  };

  return () => {
    if (!current) return begin();
    return (next ??= current.then(begin, begin));
  };
}
