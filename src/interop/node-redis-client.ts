import { createClient } from '@redis/client';

/**
 * Clients that never connect, to be duplicated with the options of a connection: `resp2Client().duplicate({ socket })`.
 *
 * Relies on an internal of @redis/client 6.3: `createClient` builds a class with all commands unless the previous call had the same
 * options, address and password included, and a duplicate has the class of its template. `duplicate` itself is documented. Building the
 * class takes 10 to 30 ms of CPU, a duplicate 0.05 ms, and the local ElastiCache opens hundreds of connections when it moves slots.
 */
const common = {
  maintNotifications: 'disabled',
  // Otherwise, queued commands would be sent together with a failing AUTH, and an open `default` user would execute them.
  disableOfflineQueue: true,
} as const;

/** The template of clients that speak RESP2. */
export const resp2Client = lazily(() => createClient({ RESP: 2, ...common }));
/** The template of clients that speak RESP3. */
export const resp3Client = lazily(() => createClient({ RESP: 3, ...common }));

function lazily<Value>(create: () => Value): () => Value {
  let created: Value | undefined;
  return () => (created ??= create());
}
