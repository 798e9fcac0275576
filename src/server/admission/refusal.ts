import { GraphQLError } from 'graphql';
import type { Principal } from '../../domain/access/principal.js';
import type { LimitName } from '../../config/limits/server-limits.js';
import type { UnauthenticatedReason } from './authentication/unauthenticated.js';

/** The reason of a refusal, as the log names it. The log has at most one line per minute for each reason. */
export type RefusalReason =
  | UnauthenticatedReason
  | LimitName
  | 'host'
  | 'origin'
  | 'draining'
  | 'path'
  | 'method'
  | 'permission'
  | 'negotiation'
  | 'body'
  | 'handshake'
  | 'protocol'
  | 'expectation'
  | 'not-http'
  | 'headers'
  | 'unexpected';

interface RefusalOptions<Reason extends RefusalReason> {
  readonly reason: Reason;
  readonly status: number;
  readonly error: Error;
  readonly headers?: Readonly<Record<string, string>>;
  readonly principal?: Principal | undefined;
}

/**
 * A refused request, of which nothing is executed. Admission and the reading of requests return it, for every transport. HTTP answers
 * with `status` and `headers`. An open WebSocket closes with the code that `websocket/close-codes` assigns to it.
 */
export class Refusal<Reason extends RefusalReason = RefusalReason> {
  readonly reason: Reason;
  readonly status: number;
  /** `maskError` converts it to the error in the answer. */
  readonly error: Error;
  readonly headers: Readonly<Record<string, string>>;
  /** The caller. Undefined if it is not authenticated yet. */
  readonly principal: Principal | undefined;

  constructor({ reason, status, error, headers = {}, principal }: RefusalOptions<Reason>) {
    this.reason = reason;
    this.status = status;
    this.error = error;
    this.headers = headers;
    this.principal = principal;
  }
}

/** `extensions.code` by the status of a refusal, if there is no more specific code. */
const codeByStatus = {
  400: 'BAD_REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  417: 'EXPECTATION_FAILED',
  431: 'REQUEST_HEADER_FIELDS_TOO_LARGE',
} as const;
type RefusedStatus = keyof typeof codeByStatus;

/** Creates a refusal whose `extensions.code` follows from its status. */
export function refuseWith<Reason extends RefusalReason>(
  status: RefusedStatus,
  reason: Reason,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refusal<Reason> {
  const error = new GraphQLError(message, { extensions: { code: codeByStatus[status] } });
  return new Refusal({ reason, status, error, ...(headers && { headers }) });
}
