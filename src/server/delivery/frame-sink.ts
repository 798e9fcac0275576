import type { GraphQLError } from 'graphql';
import type { ByteBudget } from '../../runtime/byte-budget.js';

/** Where one operation's results go: a transport's framing around bytes that are shared by many subscribers. */
export interface FrameSink {
  /** What may still wait for the socket behind it. */
  readonly budget: ByteBudget;
  /** One result, as serialised JSON, and the place behind it where the subscription can be resumed there. */
  next(result: Buffer, cursor: string | undefined): void;
  /** A place to resume from is known without a result: where the subscription begins. */
  cursorChanged?(cursor: string): void;
  /** The operation has failed and is over. */
  error(reason: GraphQLError): void;
  /** The operation has ended by itself. */
  complete(): void;
}
