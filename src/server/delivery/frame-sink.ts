import type { GraphQLError } from 'graphql';

/** Where one operation's results go: a transport's framing around bytes that are shared by many subscribers. */
export interface FrameSink {
  /** One result, as serialised JSON. */
  next(this: void, result: Buffer): void;
  /** The operation has failed and is over. */
  error(this: void, reason: GraphQLError): void;
  /** The operation has ended by itself. */
  complete(this: void): void;
}
