import type { Endpoint } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { CommandError } from '../command-error.js';
import type { ConnectCluster } from './cluster-connection.js';
import { unreachable } from './nodes/connection-errors.js';
import { openNodeConnection, type NodeConnection } from './nodes/node-connection.js';
import type { BlockingConnection, Command, Reply } from '../interfaces.js';
import { parseRedirect } from './routing/redirect.js';
import { endpointKey } from './nodes/endpoint-key.js';

/** The connection to the primary that serves the key, or to the node to which its slot is moving. */
interface Route {
  readonly connection: NodeConnection;
  /** Whether the slot is still moving to this node, so that the node requires ASKING before each command. */
  readonly isAsking: boolean;
  stopListening(): void;
}

/** Opens a dedicated connection to the primary of `key`. After a loss, the next command opens it again. */
export async function openBlocking(
  connect: ConnectCluster,
  key: Buffer,
  onClosed: () => void,
): Promise<BlockingConnection> {
  let current: Route | undefined;
  let opening: Promise<Route> | undefined;
  let isClosed = false;
  let isClustered = false;

  const disconnect = (): void => {
    current?.stopListening();
    current?.connection.close();
    current = undefined;
  };
  /** `movingTo` is the node to which the primary redirected with ASK. */
  const open = async (movingTo?: Endpoint): Promise<Route> => {
    const { session, limits, access } = await connect();
    const primary = session.primaryFor(key);
    if (!primary) throw unreachable('the primary of this key');
    const endpoint = movingTo ?? primary;
    const connection = await openNodeConnection(await access(endpoint), {
      limits,
      mayBlock: true,
      onLost: disconnect,
    }).catch((cause: unknown) => {
      // The same user was accepted before. Readers of a stream therefore wait for a changed password as for an outage.
      throw cause instanceof ExpectedFailure ? unreachable(endpointKey(endpoint), cause) : cause;
    });
    if (isClosed) {
      connection.close();
      throw closed();
    }
    // A blocking read does not notice a failover or a frozen server. The command connection does.
    const stopListening = session.onChange(() => {
      const now = session.primaryFor(key);
      if (!now || endpointKey(now) !== endpointKey(primary)) disconnect();
    });
    isClustered = session.isClustered;
    return (current = { connection, isAsking: movingTo !== undefined, stopListening });
  };
  const connected = (movingTo?: Endpoint): Promise<Route> | Route => {
    if (isClosed) throw closed();
    if (current?.connection.isReady === true) return current;
    opening ??= open(movingTo).finally(() => (opening = undefined));
    return opening;
  };
  const sendOn = async ({ connection: nodeConnection, isAsking }: Route, args: Command['args']): Promise<Reply> => {
    // Both are sent in one tick, so that no other command comes between them on this connection.
    const askingReply = isAsking ? nodeConnection.send(['ASKING']) : undefined;
    const answered = nodeConnection.send(args).catch(async (refusal: unknown): Promise<Reply> => {
      if (!(refusal instanceof CommandError)) throw refusal;
      const redirect = parseRedirect(refusal.message, nodeConnection.endpoint);
      if (refusal.prefix !== 'UNBLOCKED' && !redirect) throw refusal;
      disconnect();
      // The key has moved. All its reads go to the other node until the move of the slot is finished or cancelled.
      if (redirect?.kind === 'ask' && !isAsking) return await sendOn(await connected(redirect.to), args);
      (await connect()).session.refreshSoon();
      throw new Outage('CLUSTER_UNAVAILABLE', 'This key has moved to another node; the connection is retried.', {
        cause: refusal,
      });
    });
    const [reply] = await Promise.all([answered, askingReply]);
    return reply;
  };
  const close = (): Promise<void> => {
    isClosed = true;
    disconnect();
    onClosed();
    return Promise.resolve();
  };

  await connected();
  return {
    get isClustered() {
      return isClustered;
    },
    send: async (args) => sendOn(await connected(), args),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function closed(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'This connection was closed.');
}
