import type { Client, TypedDocumentNode } from '@urql/core';

/** Handles a subscription's events. */
export interface Follower<Data, Variables> {
  next(data: Data): void;
  /** The reason why the API ended the subscription, which is then opened again. */
  problem(message: string): void;
  /** The variables to resume with, e.g. `after` the last entry seen. */
  resumeWith?(): Partial<Variables>;
}

/**
 * Subscribes until the returned function is called. graphql-ws reconnects broken connections; this subscribes again if the API
 * has ended the subscription, e.g. because the cluster was unreachable.
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
