import type { GraphQLError } from 'graphql';
import type { ByteBudget } from '../../runtime/byte-budget.js';

/** Receives the results of one subscription. A transport frames them; many subscribers share their bytes. */
export interface FrameSink {
  /** The bytes that may still wait for the socket. */
  readonly budget: ByteBudget;
  /** One result as serialised JSON. `cursor` resumes the subscription after it; undefined if the source cannot be resumed. */
  next(result: Buffer, cursor: string | undefined): void;
  /** A cursor without a result: the place where the subscription begins. */
  cursorChanged?(cursor: string): void;
  /** The operation has failed and is over. */
  error(reason: GraphQLError): void;
  /** The operation has ended by itself. */
  complete(): void;
}
