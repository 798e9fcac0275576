import type { Endpoint } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { CommandError } from '../command-error.js';
import type { ConnectCluster } from './cluster-connection.js';
import { unreachable } from './nodes/connection-errors.js';
import { openNodeConnection, type NodeConnection } from './nodes/node-connection.js';
import type { BlockingConnection, Command, Reply } from '../interfaces.js';
import { parseRedirect } from './routing/redirect.js';
import { endpointKey } from './nodes/endpoint-key.js';

/** Where commands go: to the primary that serves the key, or to the node that its slot is being moved to. */
interface Route {
  readonly connection: NodeConnection;
  /** Whether the slot is still on its way to this node, which then answers only what is announced by ASKING. */
  readonly isAsking: boolean;
  forget(): void;
}

/** Opens a connection of its own to the primary of `key`. It is opened again by the first command after a loss. */
export async function openBlocking(
  connect: ConnectCluster,
  key: Buffer,
  onClosed: () => void,
): Promise<BlockingConnection> {
  let current: Route | undefined;
  let opening: Promise<Route> | undefined;
  let isClosed = false;
  let isClustered = false;

  const cut = (): void => {
    current?.forget();
    current?.connection.close();
    current = undefined;
  };
  /** `movingTo` is the node to which the primary has redirected by ASK. */
  const open = async (movingTo?: Endpoint): Promise<Route> => {
    const { session, limits, access } = await connect();
    const primary = session.primaryFor(key);
    if (!primary) throw unreachable('the primary of this key');
    const endpoint = movingTo ?? primary;
    const connection = await openNodeConnection(await access(endpoint), { limits, mayBlock: true, onLost: cut }).catch(
      (cause: unknown) => {
        // The same user has entered before: who waits for a stream waits for its password too.
        throw cause instanceof ExpectedFailure ? unreachable(endpointKey(endpoint), cause) : cause;
      },
    );
    if (isClosed) {
      connection.close();
      throw closed();
    }
    // A read that blocks learns nothing of a failover, or of a server that is frozen; the command connection does.
    const forget = session.onChange(() => {
      const now = session.primaryFor(key);
      if (!now || endpointKey(now) !== endpointKey(primary)) cut();
    });
    isClustered = session.isClustered;
    return (current = { connection, isAsking: movingTo !== undefined, forget });
  };
  const connected = (movingTo?: Endpoint): Promise<Route> | Route => {
    if (isClosed) throw closed();
    if (current?.connection.isReady === true) return current;
    opening ??= open(movingTo).finally(() => (opening = undefined));
    return opening;
  };
  const sendOn = async ({ connection: nodeConnection, isAsking }: Route, args: Command['args']): Promise<Reply> => {
    // Both leave in one turn, so that nothing comes between them on this connection.
    const asked = isAsking ? nodeConnection.send(['ASKING']) : undefined;
    const answered = nodeConnection.send(args).catch(async (refusal: unknown): Promise<Reply> => {
      if (!(refusal instanceof CommandError)) throw refusal;
      const redirect = parseRedirect(refusal.message, nodeConnection.endpoint);
      if (refusal.prefix !== 'UNBLOCKED' && !redirect) throw refusal;
      cut();
      // The key has left for good: whatever is read of it is asked of that node, until the slot has moved or is given up.
      if (redirect?.kind === 'ask' && !isAsking) return await sendOn(await connected(redirect.to), args);
      (await connect()).session.refreshSoon();
      throw new Outage('CLUSTER_UNAVAILABLE', 'Another node serves this key now.', { cause: refusal });
    });
    const [reply] = await Promise.all([answered, asked]);
    return reply;
  };
  const close = (): Promise<void> => {
    isClosed = true;
    cut();
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
