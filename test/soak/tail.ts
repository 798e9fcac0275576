import { openSocket, type Reaching, type Socket } from './socket.js';

/** A tail of a stream that resumes after the last ID it has received. */
export interface Tail extends Socket {
  readonly ids: readonly string[];
}

const query = `subscription ($after: StreamId!) {
  streamEntries(cluster: "orders", stream: "log", after: $after) { entries { entryId } gap { reason missed } }
}`;

export function openTail(reaching: Reaching): Tail {
  const ids: string[] = [];
  const socket = openSocket({
    ...reaching,
    operation: () => ({ query, variables: { after: ids.at(-1) ?? '0' } }),
    next({ streamEntries: { entries, gap } }) {
      if (gap) reaching.failed(gap);
      for (const { entryId } of entries) ids.push(entryId);
    },
  });
  return { ...socket, ids };
}
