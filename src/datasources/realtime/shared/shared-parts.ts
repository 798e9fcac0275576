/** Objects that the subscriptions of this process share, such as one reader for all subscribers of a stream. */
export interface SharedParts<Request, Part> {
  /** Creates the part of this request if it does not exist. */
  of(this: void, request: Request): Part;
  existing(this: void, request: Request): Part | undefined;
  all(this: void): readonly Part[];
  /** Fails the parts of one cluster, or all parts. */
  fail(this: void, reason: Error, cluster?: string): void;
}

/**
 * Requests with the same key share a part. The first one creates it. `create` must call `ended` when its part can no longer be used, which is
 * usually when the last subscriber has left. The next request then creates another part, even within that call.
 */
export function createSharedParts<
  Request extends { readonly cluster: string },
  Part extends { fail(reason: Error): void },
>(
  keyOf: (request: Request) => string,
  create: (request: Request, ended: () => void) => Part,
): SharedParts<Request, Part> {
  const parts = new Map<string, { readonly cluster: string; readonly part: Part }>();
  return {
    of(request) {
      const key = keyOf(request);
      const existing = parts.get(key);
      if (existing) return existing.part;
      const part = create(request, () => {
        // A part that has ended must not remove its successor.
        if (parts.get(key)?.part === part) parts.delete(key);
      });
      parts.set(key, { cluster: request.cluster, part });
      return part;
    },
    existing: (request) => parts.get(keyOf(request))?.part,
    all: () => [...parts.values()].map(({ part }) => part),
    fail(reason, cluster) {
      for (const { cluster: of, part } of [...parts.values()]) {
        if (cluster === undefined || cluster === of) part.fail(reason);
      }
    },
  };
}

/** The key of a part that exists once for each cluster. */
export function clusterKey({ cluster }: { readonly cluster: string }): string {
  return cluster;
}
