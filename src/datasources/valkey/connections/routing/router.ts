import { asError } from '../../../../runtime/errors.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyLimits } from '../limits.js';
import type { ExclusiveConnections } from '../nodes/exclusive-connections.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import type { Command, Reply, ReplyReceiver, ValkeyCommands } from '../../interfaces.js';
import { parseRedirect } from './redirect.js';
import { runTransaction } from './transaction.js';
import { runWatched, type WatchedAttempt } from './watched-transaction.js';

interface Routes {
  readonly limits: ValkeyLimits;
  /** The connection to the primary of the key, or the reason why there is none at the moment. */
  connectionFor(this: void, key: Buffer | undefined): NodeConnection | Error;
  open(endpoint: Endpoint): Promise<NodeConnection>;
  /** Runs `work` on a connection to the node that no other task uses meanwhile. */
  exclusive: ExclusiveConnections['use'];
  /** A reply has shown that the known topology is outdated. */
  onTopologyChange(this: void): void;
}

const firstWaitMs = 20;

/** Attempts of a transaction whose watched keys change, and whose connection is lost before it is sent. */
const maxConflicts = 5;
const maxLosses = 2;

/**
 * Sends commands to the primary that serves their key. If an error reply shows that a command was not executed, sends it again: to the
 * node that MOVED or ASK names, or after a pause for TRYAGAIN and similar errors, for as long as a reply may take.
 */
export function createRouter(routes: Routes): Pick<ValkeyCommands, 'send' | 'post' | 'transaction' | 'execute'> {
  const again = async (
    command: Command,
    refusal: CommandError,
    answeredBy: Endpoint,
    attempt: Attempt,
  ): Promise<Reply> => {
    const redirect = parseRedirect(refusal.message, answeredBy);
    if (!redirect || performance.now() > attempt.deadline) throw refusal;
    const next = { deadline: attempt.deadline, waitMs: attempt.waitMs * 2 };
    switch (redirect.kind) {
      case 'wait':
        if (redirect.topologyChanged) routes.onTopologyChange();
        await delay(attempt.waitMs);
        return await sendTo(routes.connectionFor(command.key), command, next);
      case 'moved':
        routes.onTopologyChange();
        return await sendTo(await routes.open(redirect.to), command, next);
      case 'ask': {
        const connection = await routes.open(redirect.to);
        // Both are sent in one tick, so that no other command comes between them on this connection.
        const [, reply] = await Promise.all([connection.send(['ASKING']), sendTo(connection, command, next)]);
        return reply;
      }
    }
  };
  const sendTo = async (nodeConnection: NodeConnection | Error, command: Command, attempt: Attempt): Promise<Reply> => {
    if (nodeConnection instanceof Error) throw nodeConnection;
    try {
      return await nodeConnection.send(command.args);
    } catch (cause) {
      if (!(cause instanceof CommandError)) throw cause;
      return await again(command, cause, nodeConnection.endpoint, attempt);
    }
  };
  const firstAgain = (command: Command, refusal: CommandError, answeredBy: Endpoint): Promise<Reply> =>
    again(command, refusal, answeredBy, { deadline: performance.now() + routes.limits.replyMs, waitMs: firstWaitMs });
  const post = (command: Command, receiver: ReplyReceiver): void => {
    const connection = routes.connectionFor(command.key);
    if (connection instanceof Error) receiver.failed(connection);
    else connection.post(command.args, new RoutedCommand(command, connection.endpoint, receiver, firstAgain));
  };

  /** Repeats an attempt that Valkey refused because the key is on another node or the slot is moving. */
  const followed = async <Outcome extends WatchedAttempt>(
    key: Buffer,
    attempt: (connection: NodeConnection, asking: boolean) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const deadline = performance.now() + routes.limits.replyMs;
    let connection = routes.connectionFor(key);
    let asking = false;
    for (let waitMs = firstWaitMs; ; waitMs *= 2) {
      if (connection instanceof Error) throw connection;
      const outcome = await attempt(connection, asking);
      if (outcome.kind !== 'refused') return outcome;
      const redirect = parseRedirect(outcome.error.message, connection.endpoint);
      if (!redirect || performance.now() > deadline) return outcome;
      asking = redirect.kind === 'ask';
      if (redirect.kind === 'moved' || (redirect.kind === 'wait' && redirect.topologyChanged))
        routes.onTopologyChange();
      if (redirect.kind === 'wait') {
        await delay(waitMs);
        connection = routes.connectionFor(key);
      } else {
        connection = await routes.open(redirect.to);
      }
    }
  };

  const execute: ValkeyCommands['execute'] = async (key, commands, expected) => {
    const attempt = (connection: NodeConnection, asking: boolean): Promise<WatchedAttempt> =>
      routes.exclusive(connection.endpoint, (own) =>
        expected.length === 0 ? runTransaction(own, commands, asking) : runWatched(own, expected, commands, asking),
      );
    for (let conflicts = 0, losses = 0; ;) {
      const outcome = await followed(key, attempt);
      if (outcome.kind === 'lost') {
        // The connection may have been lost while it was idle. Nothing was executed, so that one more attempt is safe.
        if (++losses === maxLosses) throw outcome.reason;
      } else if (outcome.kind === 'conflict') {
        // A watched key was written, but it may still have the expected value.
        if (++conflicts === maxConflicts) return { kind: 'unmet' };
      } else {
        return outcome;
      }
    }
  };

  return {
    send: (command) => new Promise((resolve, reject) => post(command, { replied: resolve, failed: reject })),
    post,
    async transaction(key, commands) {
      const outcome = await execute(key, commands, []);
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome.kind === 'executed' ? outcome.replies.map(unwrap) : [];
    },
    execute,
  };
}

interface Attempt {
  readonly deadline: number;
  readonly waitMs: number;
}

type SendAgain = (command: Command, refusal: CommandError, answeredBy: Endpoint) => Promise<Reply>;

/** The first attempt of a command. This is a class because every command needs one. */
class RoutedCommand implements ReplyReceiver {
  readonly #command: Command;
  readonly #answeredBy: Endpoint;
  readonly #receiver: ReplyReceiver;
  readonly #sendAgain: SendAgain;

  constructor(command: Command, answeredBy: Endpoint, receiver: ReplyReceiver, sendAgain: SendAgain) {
    this.#command = command;
    this.#answeredBy = answeredBy;
    this.#receiver = receiver;
    this.#sendAgain = sendAgain;
  }

  replied(reply: Reply): void {
    this.#receiver.replied(reply);
  }

  failed(reason: Error): void {
    if (!(reason instanceof CommandError)) {
      this.#receiver.failed(reason);
      return;
    }
    this.#sendAgain(this.#command, reason, this.#answeredBy).then(
      (reply) => this.#receiver.replied(reply),
      (cause: unknown) => this.#receiver.failed(asError(cause)),
    );
  }
}

function unwrap(reply: Reply | CommandError): Reply {
  if (reply instanceof CommandError) throw reply;
  return reply;
}
