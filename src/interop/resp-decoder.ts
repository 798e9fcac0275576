import { Decoder } from '@redis/client/dist/lib/RESP/decoder.js';

export interface RespListener {
  /** A reply that is no error. Its value is not decoded further than node-redis does by default. */
  onReply(this: void): void;
  onErrorReply(this: void, message: string): void;
  /** A push: its kind, then its arguments, all bulk strings as bytes. */
  onPush(this: void, push: readonly unknown[]): void;
}

/**
 * Decodes RESP3, Valkey's protocol, from chunks that may begin and end anywhere. Returns a function that takes the next chunk.
 *
 * Relies on `Decoder` of @redis/client 6.3, which is exported from a file of the package but not from its entry, and on its options,
 * which are undocumented. We need it because node-redis itself keeps channel names as text and resubscribes to all channels in one
 * command, so the connections that subscribe or track keys are ours (valkey/connections/nodes/push-socket.ts). The alternative is a second decoder of our
 * own, in each process beside that of node-redis.
 */
export function createRespDecoder({ onReply, onErrorReply, onPush }: RespListener): (chunk: Buffer) => void {
  const decoder = new Decoder({
    onReply: () => onReply(),
    onErrorReply: ({ message }) => onErrorReply(message),
    onPush,
    getTypeMapping: () => ({}),
  });
  return (chunk) => decoder.write(chunk);
}
