import type { Client, TypedDocumentNode } from '@urql/core';

/** What becomes of a subscription's events. */
export interface Follower<Data, Variables> {
  next(data: Data): void;
  /** Why the API ended the subscription; it is asked for again by itself. */
  problem(message: string): void;
  /** Where it goes on after an interruption, e.g. `after` the last entry seen. */
  resumeWith?(): Partial<Variables>;
}

/**
 * Subscribes for as long as the page wants, until the function returned is called. A broken connection is graphql-ws's to
 * mend; this asks again where the API itself ended the subscription, e.g. because the cluster could not be reached.
 */
export function follow<Data, Variables extends Record<string, unknown>>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { next, problem, resumeWith = () => ({}) }: Follower<Data, Variables>,
): () => void {
  let seen: Data | undefined;
  let waiting: ReturnType<typeof setTimeout>;
  let leave: () => void = () => undefined;

  const subscribe = () => {
    const begin = { ...variables, ...resumeWith() };
    leave = client.subscription(document, begin, { resumeWith }).subscribe(({ data, error, hasNext }) => {
      // With an error, and with the end, urql hands out the last event once more.
      if (data && data !== seen) next((seen = data));
      if (error) problem(error.graphQLErrors[0]?.message ?? 'The API cannot be reached');
      if (error || !hasNext) {
        leave();
        waiting = setTimeout(subscribe, 1_000 + Math.random() * 1_000);
      }
    }).unsubscribe;
  };
  subscribe();
  return () => {
    clearTimeout(waiting);
    leave();
  };
}
