import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { Outage } from '../../../../domain/errors.js';
import type { CommandOutcome } from '../../../../telemetry/metrics/valkey-metrics.js';
import { createCommandSpans } from '../../../../telemetry/tracing/command-spans.js';
import type { ValkeyLimits } from '../limits.js';
import { argumentText } from '../../argument-text.js';
import { CommandError } from '../../command-error.js';
import { commandFailure, connectFailure, unreachable } from './connection-errors.js';
import { checkLiveness } from './liveness-check.js';
import { openNodeClient, type NodeAccess } from './node-client.js';
import type { Argument, Reply, ReplyReceiver } from '../../interfaces.js';

/** One open connection to one node. After a loss, it is not reopened. */
export interface NodeConnection {
  readonly endpoint: Endpoint;
  readonly isReady: boolean;
  /** Rejects with `CommandError` or `Outage`, like `ValkeyCommands.send`. */
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
  post(args: readonly [string, ...Argument[]], receiver: ReplyReceiver): void;
  /** Asks the node for its role and mode. */
  greet(): Promise<NodeGreeting>;
  /** Idempotent. Commands in flight reject. */
  close(): void;
  /** Closes the connection when all commands in flight are answered. New commands are refused at once. */
  retire(): void;
}

export interface NodeGreeting {
  readonly isPrimary: boolean;
  readonly isClustered: boolean;
}

export interface NodeConnectionOptions {
  readonly limits: ValkeyLimits;
  /** Set for a connection for blocking reads. Such a connection may be silent for long, so its liveness is not checked. */
  readonly mayBlock?: boolean;
  /** Called once, when the connection is lost. Not called when it is closed. */
  onLost?(this: void, reason: Error): void;
  /** Called with the reply to each probe of a quiet connection. */
  onGreeting?(this: void, greeting: NodeGreeting): void;
}

/**
 * Connects and authenticates.
 * @throws ExpectedFailure PERMISSION_DENIED, NOT_CONNECTED (credentials are required); Outage CLUSTER_UNAVAILABLE, within `connectMs`
 */
export async function openNodeConnection(access: NodeAccess, options: NodeConnectionOptions): Promise<NodeConnection> {
  const { endpoint, metrics } = access;
  const { limits } = options;
  let isReady = false;
  let frozen = false;
  let watch: ReturnType<typeof checkLiveness> | undefined;
  let inFlight = 0;
  let isRetired = false;
  const close = (): void => {
    isReady = false;
    watch?.stop();
    client.destroy();
  };
  const lose = (reason: Error): void => {
    if (isRetired) {
      close();
      return;
    }
    if (!isReady) return;
    close();
    metrics?.lost();
    options.onLost?.(reason);
  };
  const listener = { received: () => watch?.received(), failed: lose };
  const { client, writeQueue } = await openNodeClient(access, limits.connectMs, listener).catch((cause: unknown) => {
    throw connectFailure(cause, access);
  });
  isReady = true;
  metrics?.connected();

  // The duration of a blocking read depends on other clients, so it is not traced.
  const spans = options.mayBlock === true ? undefined : createCommandSpans({ ...endpoint, database: access.database });
  // For the same reason, it is not measured.
  const secondsSince = (sentAt: number): number | undefined =>
    options.mayBlock === true ? undefined : (performance.now() - sentAt) / 1000;
  const settled = (): void => {
    watch?.answered();
    inFlight -= 1;
    if (isRetired && inFlight === 0) close();
  };
  const connection: NodeConnection = {
    endpoint,
    get isReady() {
      return isReady;
    },
    send: (args) => new Promise((resolve, reject) => connection.post(args, { replied: resolve, failed: reject })),
    post(args, receiver) {
      if (!isReady) {
        receiver.failed(unreachable(`${endpoint.host}:${endpoint.port}`));
        return;
      }
      watch?.sent();
      inFlight += 1;
      const sentAt = performance.now();
      const answered = spans?.begin(args[0]);
      client.sendCommand<Reply>(args.map(argumentText)).then(
        (reply) => {
          settled();
          metrics?.answered(secondsSince(sentAt));
          answered?.();
          receiver.replied(reply);
        },
        (cause: unknown) => {
          settled();
          const failure = commandFailure(cause, args[0], endpoint, frozen);
          metrics?.failed(outcomeOf(failure), secondsSince(sentAt));
          answered?.(failure instanceof CommandError ? failure.prefix : outcomeOf(failure));
          receiver.failed(failure);
        },
      );
    },
    greet: async () => parseGreeting(await connection.send(['HELLO'])),
    close,
    retire() {
      isRetired = true;
      isReady = false;
      if (inFlight === 0) close();
    },
  };
  if (options.mayBlock !== true) {
    watch = checkLiveness(limits, {
      onFrozen() {
        frozen = true;
        lose(unreachable(`${endpoint.host}:${endpoint.port}`));
      },
      onQuiet: () => void connection.greet().then(options.onGreeting, () => undefined),
      writeQueue,
    });
  }
  return connection;
}

function outcomeOf(failure: Error): CommandOutcome {
  if (failure instanceof CommandError) return 'refused';
  return failure instanceof Outage ? failure.code : 'CLUSTER_UNAVAILABLE';
}

/** Every user may run HELLO, whatever its ACL. Its reply shows that a primary was demoted, which does not end the connection. */
function parseGreeting(reply: Reply): NodeGreeting {
  const facts = new Map<string, string>();
  if (Array.isArray(reply)) {
    for (let at = 0; at + 1 < reply.length; at += 2) facts.set(String(reply[at]), String(reply[at + 1]));
  }
  return { isPrimary: facts.get('role') !== 'replica', isClustered: facts.get('mode') === 'cluster' };
}
