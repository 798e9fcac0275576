/**
 * Shares reads between callers. During a read, all callers wait for the next one, which they share and which starts after each of
 * them has called. A thousand callers therefore cost two reads, and none receives a result from before its call.
 */
export function shareInFlight<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let current: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;

  const start = (): Promise<Result> => {
    next = undefined;
    const result = read();
    const finish = (): void => {
      if (current === result) current = undefined;
    };
    current = result;
    result.then(finish, finish);
    return result;
  };

  return () => {
    if (!current) return start();
    return (next ??= current.then(start, start));
  };
}
