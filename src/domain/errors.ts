/** Codes of failures that a caller can expect and act on; the schema's `UserErrorCode`. */
export const userErrorCodes = [
  'ALREADY_EXISTS',
  'NOT_FOUND',
  'INVALID_INPUT',
  'INVALID_STATE',
  'QUOTA_EXCEEDED',
  'DEFAULT_USER_REQUIRED',
  'DUPLICATE_USER_NAME',
  'WRONG_TYPE',
  'PERMISSION_DENIED',
  'NOT_CONNECTED',
  'CROSS_SLOT',
  'OUT_OF_MEMORY',
  'NOT_SUPPORTED',
] as const;
export type UserErrorCode = (typeof userErrorCodes)[number];

/** Codes of failures that no input causes: `extensions.code` of a GraphQL error. */
export type OutageCode =
  | 'CLUSTER_UNAVAILABLE'
  | 'CONTROL_PLANE_UNAVAILABLE'
  | 'TIMEOUT'
  | 'UNKNOWN_OUTCOME'
  | 'UNAUTHENTICATED'
  | 'AUTHENTICATION_UNAVAILABLE'
  | 'FORBIDDEN'
  | 'SLOW_SUBSCRIBER'
  | 'SHUTTING_DOWN';

interface ExpectedFailureOptions {
  /** Path of the offending input field, e.g. `['input', 'accessString']`. */
  path?: readonly string[] | undefined;
  /** The AWS error code or Valkey error prefix that caused it. */
  upstreamCode?: string | undefined;
  cause?: unknown;
}

/**
 * A failure that the caller can expect: bad input, a missing resource, a refused command. A mutation returns it as a
 * `userError`; a query or subscription as a GraphQL error with the same code. The message says what was expected and
 * what was received, and never contains a secret.
 */
export class ExpectedFailure extends Error {
  override readonly name = 'ExpectedFailure';
  /**
   * Path of the offending input field. Not named `path`, because graphql-js treats an error with a `path` as already
   * located.
   */
  readonly inputPath: readonly string[] | undefined;
  readonly upstreamCode: string | undefined;

  constructor(
    readonly code: UserErrorCode,
    message: string,
    options: ExpectedFailureOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.inputPath = options.path;
    this.upstreamCode = options.upstreamCode;
  }
}

/** A failure of a dependency of this API. It is a GraphQL error in queries and mutations alike. */
export class Outage extends Error {
  override readonly name = 'Outage';
  /** The message for callers who may see clusters, and for the log. It may name nodes, which `message` does not. */
  readonly detail: string;

  constructor(
    readonly code: OutageCode,
    message: string,
    options: { cause?: unknown; detail?: string } = {},
  ) {
    super(message, { cause: options.cause });
    this.detail = options.detail ?? message;
  }
}

/** Creates the most common failure: an input field that breaks a rule. */
export function invalidInput(message: string, path?: readonly string[]): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { path });
}

/** The failure of reads, writes and subscriptions that are refused or ended because the datasources close. */
export function closedDatasource(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'The server is shutting down.');
}
