import { ClientClosedError, ClientOfflineError, ErrorReply } from '@redis/client';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import { mayHaveWritten } from './command-effect.js';

/** An error with which node-redis rejected a command, as a domain error. `frozen` means that the node did not reply in time. */
export function commandFailure(cause: unknown, command: string, endpoint: Endpoint, frozen: boolean): Error {
  if (cause instanceof ErrorReply) return new CommandError(withoutArguments(cause.message));
  const where = `${endpoint.host}:${endpoint.port}`;
  if (cause instanceof ClientOfflineError || cause instanceof ClientClosedError) return unreachable(where);
  if (mayHaveWritten(command)) {
    const message = `The connection to Valkey was lost before ${command} was answered: it may or may not have been executed.`;
    return new Outage('UNKNOWN_OUTCOME', message, { cause, detail: `${where}: ${message}` });
  }
  const [code, message] = frozen
    ? (['TIMEOUT', `Valkey did not answer ${command} in time.`] as const)
    : (['CLUSTER_UNAVAILABLE', `The connection to Valkey was lost before ${command} was answered.`] as const);
  return new Outage(code, message, { cause, detail: `${where}: ${message}` });
}

/** Valkey repeats the beginnings of the arguments of an unknown command. They are values of users. */
function withoutArguments(message: string): string {
  return message.replace(/, with args beginning with: .*$/su, '');
}

/** A node that is not connected at the moment. Nothing was sent to it. */
export function unreachable(where: string, cause?: unknown): Outage {
  const detail = `Valkey at ${where} cannot be reached now; the connection is retried.`;
  return new Outage('CLUSTER_UNAVAILABLE', 'Valkey cannot be reached now; the connection is retried.', {
    cause,
    detail,
  });
}

/** Valkey no longer accepts the user with which this API was connected: it was removed or its password was changed. */
export class AccessDenied extends ExpectedFailure {
  constructor({ code, message, upstreamCode, cause }: ExpectedFailure) {
    super(code, `${message} This API was connected before; use connectCluster.`, { upstreamCode, cause });
  }
}

/** Cluster mode has database 0 only, unless the server has several (Valkey 9, `cluster-databases`). The server knows. */
function refusedDatabase(database: number, cause: ErrorReply): ExpectedFailure {
  const { prefix: upstreamCode } = new CommandError(cause.message);
  const selecting = `Valkey refused to select database ${database}`;
  const [code, reason] =
    upstreamCode === 'NOPERM'
      ? (['PERMISSION_DENIED', 'this user may not run SELECT'] as const)
      : /cluster mode/i.test(cause.message)
        ? (['NOT_SUPPORTED', 'this server has only database 0 in cluster mode'] as const)
        : (['NOT_SUPPORTED', 'this server has fewer databases'] as const);
  const message = `${selecting}: ${reason}. Change \`database\` of this cluster in the configuration, or the server.`;
  return new ExpectedFailure(code, message, { upstreamCode, cause });
}

/** The error of a connection that could not be opened. Callers can correct refused credentials; all other errors are outages. */
export function connectFailure(
  cause: unknown,
  {
    endpoint,
    database,
    isOpenToAll = false,
  }: { readonly endpoint: Endpoint; readonly database: number; readonly isOpenToAll?: boolean | undefined },
): Error {
  const where = `${endpoint.host}:${endpoint.port}`;
  if (cause instanceof ErrorReply) {
    const { prefix: upstreamCode } = new CommandError(cause.message);
    if (database !== 0 && /\bselect\b|\bDB index\b/i.test(cause.message)) return refusedDatabase(database, cause);
    if (
      upstreamCode === 'WRONGPASS' ||
      upstreamCode === 'NOPERM' ||
      /AUTH.*(?:invalid|called without)/i.test(cause.message)
    ) {
      const message = 'Valkey refused the credentials: expected the name and password of an enabled user.';
      return new ExpectedFailure('PERMISSION_DENIED', message, { upstreamCode, cause });
    }
    if (upstreamCode === 'NOAUTH' && !isOpenToAll) {
      const message = 'Valkey requires credentials: use connectCluster.';
      return new ExpectedFailure('NOT_CONNECTED', message, { upstreamCode, cause });
    }
  }
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : 'no connection';
  const detail = `Valkey at ${where} cannot be reached: ${reason}.`;
  return new Outage('CLUSTER_UNAVAILABLE', 'Valkey cannot be reached.', { cause, detail });
}
