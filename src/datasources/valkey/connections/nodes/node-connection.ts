import { isUtf8 } from 'node:buffer';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { Outage } from '../../../../domain/errors.js';
import type { CommandOutcome } from '../../../../telemetry/metrics/valkey-metrics.js';
import { createCommandSpans } from '../../../../telemetry/tracing/command-spans.js';
import type { ValkeyLimits } from '../limits.js';
import { CommandError } from '../../command-error.js';
import { commandFailure, connectFailure, unreachable } from './connection-errors.js';
import { checkLiveness } from './liveness-check.js';
import { createNodeClient, type NodeAccess } from './node-client.js';
import type { Argument, Reply, ReplyReceiver } from '../../interfaces.js';

/** One open connection to one node. Once lost it stays lost. */
export interface NodeConnection {
  readonly endpoint: Endpoint;
  readonly isReady: boolean;
  /** Rejects with `CommandError` or `Outage`, as `ValkeyCommands.send` does. */
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
  post(args: readonly [string, ...Argument[]], receiver: ReplyReceiver): void;
  /** What the node says of itself. */
  greet(): Promise<NodeGreeting>;
  /** What is in flight rejects. Closing twice is harmless. */
  close(): void;
}

export interface NodeGreeting {
  readonly isPrimary: boolean;
  readonly isClustered: boolean;
}

export interface NodeConnectionOptions {
  readonly limits: ValkeyLimits;
  /** A connection for blocking reads may be silent for long: nothing is concluded from that. */
  readonly mayBlock?: boolean;
  /** Called once when the connection is lost, not when it is closed. */
  onLost?(this: void, reason: Error): void;
  /** Called with each sign of life of a quiet connection. */
  onGreeting?(this: void, greeting: NodeGreeting): void;
}

/**
 * Connects and authenticates.
 * @throws ExpectedFailure PERMISSION_DENIED, NOT_CONNECTED (credentials are needed); Outage CLUSTER_UNAVAILABLE, within `connectMs`
 */
export async function openNodeConnection(access: NodeAccess, options: NodeConnectionOptions): Promise<NodeConnection> {
  const { endpoint, metrics } = access;
  const { limits } = options;
  const client = createNodeClient(access, limits.connectMs);
  let isReady = false;
  let frozen = false;
  const close = (): void => {
    isReady = false;
    watch?.stop();
    client.destroy();
  };
  const lose = (reason: Error): void => {
    if (!isReady) return;
    close();
    metrics?.lost();
    options.onLost?.(reason);
  };
  let watch: ReturnType<typeof checkLiveness> | undefined;
  client.on('error', lose);

  // node-redis does not bound the handshake: a frozen server accepts the connection and then says nothing.
  const patience = setTimeout(() => client.destroy(), limits.connectMs);
  try {
    await client.connect();
  } catch (cause) {
    client.destroy();
    throw connectFailure(cause, endpoint);
  } finally {
    clearTimeout(patience);
  }
  isReady = true;
  metrics?.connected();

  // A read that blocks waits for what others do.
  const spans = options.mayBlock === true ? undefined : createCommandSpans(endpoint);
  // How long a command may wait that blocks is its own affair.
  const secondsSince = (sentAt: number): number | undefined =>
    options.mayBlock === true ? undefined : (performance.now() - sentAt) / 1000;
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
      const sentAt = performance.now();
      const answered = spans?.begin(args[0]);
      client.sendCommand<Reply>(asText(args)).then(
        (reply) => {
          watch?.answered();
          metrics?.answered(secondsSince(sentAt));
          answered?.();
          receiver.replied(reply);
        },
        (cause: unknown) => {
          watch?.answered();
          const failure = commandFailure(cause, args[0], endpoint, frozen);
          metrics?.failed(outcomeOf(failure), secondsSince(sentAt));
          answered?.(failure instanceof CommandError ? failure.prefix : outcomeOf(failure));
          receiver.failed(failure);
        },
      );
    },
    greet: async () => parseGreeting(await connection.send(['HELLO'])),
    close,
  };
  if (options.mayBlock !== true) {
    watch = checkLiveness(limits, {
      onFrozen() {
        frozen = true;
        lose(unreachable(`${endpoint.host}:${endpoint.port}`));
      },
      onQuiet: () => void connection.greet().then(options.onGreeting, () => undefined),
    });
  }
  return connection;
}

/** Longer ones cost more to convert than a chunk of their own costs to write. */
const longestText = 256;

/**
 * The same bytes, as text if they are: node-redis writes a command of texts in one piece, and each Buffer as a piece of its
 * own, which costs a third more of a short command.
 */
function asText(args: readonly [string, ...Argument[]]): readonly [string, ...Argument[]] {
  const texts: [string, ...Argument[]] = [args[0]];
  for (let at = 1; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    texts.push(typeof arg !== 'string' && arg.length <= longestText && isUtf8(arg) ? arg.toString() : arg);
  }
  return texts;
}

function outcomeOf(failure: Error): CommandOutcome {
  if (failure instanceof CommandError) return 'refused';
  return failure instanceof Outage ? failure.code : 'CLUSTER_UNAVAILABLE';
}

/** HELLO is open to every user, whatever its ACL, and tells the role: a primary that was demoted does not hang up by itself. */
function parseGreeting(reply: Reply): NodeGreeting {
  const facts = new Map<string, string>();
  if (Array.isArray(reply)) {
    for (let at = 0; at + 1 < reply.length; at += 2) facts.set(String(reply[at]), String(reply[at + 1]));
  }
  return { isPrimary: facts.get('role') !== 'replica', isClustered: facts.get('mode') === 'cluster' };
}
