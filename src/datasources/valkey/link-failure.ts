import { ClientClosedError, ClientOfflineError, ErrorReply } from '@redis/client';
import type { Endpoint } from '../../domain/cluster.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { CommandError } from './command-error.js';
import { mayHaveWritten } from './command-effect.js';

/** What node-redis rejected a command with, in this API's terms. `frozen` where the node answered nothing for too long. */
export function commandFailure(cause: unknown, command: string, endpoint: Endpoint, frozen: boolean): Error {
  if (cause instanceof ErrorReply) return new CommandError(withoutArguments(cause.message));
  const where = `${endpoint.host}:${endpoint.port}`;
  if (cause instanceof ClientOfflineError || cause instanceof ClientClosedError) return unreachable(where);
  if (mayHaveWritten(command)) {
    return new Outage(
      'UNKNOWN_OUTCOME',
      `The connection to ${where} was lost before ${command} was answered: it may have been carried out or not.`,
      { cause },
    );
  }
  return frozen
    ? new Outage('TIMEOUT', `Valkey at ${where} did not answer ${command} in time.`, { cause })
    : new Outage('CLUSTER_UNAVAILABLE', `The connection to ${where} was lost before ${command} was answered.`, {
        cause,
      });
}

/** Valkey answers an unknown command with the beginnings of its arguments, which are values of users. */
function withoutArguments(message: string): string {
  return message.replace(/, with args beginning with: .*$/su, '');
}

/** A node that is not connected now; nothing was sent to it. */
export function unreachable(where: string, cause?: unknown): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', `Valkey at ${where} cannot be reached now; the connection is retried.`, {
    cause,
  });
}

/** Why a connection could not be opened: refused credentials are the caller's to mend, all else is an outage. */
export function connectFailure(cause: unknown, endpoint: Endpoint): Error {
  const where = `${endpoint.host}:${endpoint.port}`;
  if (cause instanceof ErrorReply) {
    const upstreamCode = new CommandError(cause.message).prefix;
    if (
      upstreamCode === 'WRONGPASS' ||
      upstreamCode === 'NOPERM' ||
      /AUTH.*(?:invalid|called without)/i.test(cause.message)
    ) {
      const message = `Valkey at ${where} refused the credentials: expected the name and password of an enabled user.`;
      return new ExpectedFailure('PERMISSION_DENIED', message, { upstreamCode, cause });
    }
    if (upstreamCode === 'NOAUTH') {
      const message = `Valkey at ${where} asks for credentials: use connectCluster.`;
      return new ExpectedFailure('NOT_CONNECTED', message, { upstreamCode, cause });
    }
  }
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : 'no connection';
  return new Outage('CLUSTER_UNAVAILABLE', `Valkey at ${where} cannot be reached: ${reason}.`, { cause });
}
