import type { StaticErrorSchema } from '@smithy/types';
import { ExpectedFailure, type UserErrorCode } from '../../domain/errors.js';
import { StateNotStored } from '../state/store.js';
import { errorIdentity } from '../../interop/elasticache-schemas.js';

/** An error that is answered to the client as it is. The message never holds a secret. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';

  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** The fault of one of the SDK's error schemas: `fault(UserNotFoundFault$, 'User x not found.')`. */
export function fault(schema: StaticErrorSchema, message: string): AwsFault {
  const { code, status } = errorIdentity(schema);
  return new AwsFault(code, message, status);
}

/** Codes for the failures of ElastiCache's rules in the domain, where the rule itself names none. */
const codes: Partial<Record<UserErrorCode, string>> = {
  INVALID_INPUT: 'InvalidParameterValue',
  DUPLICATE_USER_NAME: 'DuplicateUserName',
  DEFAULT_USER_REQUIRED: 'DefaultUserRequired',
};

/** How an error is answered; anything that is neither a fault nor a broken rule is a bug and says nothing of itself. */
export function faultOf(error: unknown): AwsFault {
  if (error instanceof AwsFault) return error;
  if (error instanceof StateNotStored) return new AwsFault('InsufficientStorage', error.message, 507);
  if (error instanceof ExpectedFailure) {
    return new AwsFault(error.upstreamCode ?? codes[error.code] ?? 'InvalidParameterValue', error.message);
  }
  return new AwsFault('InternalFailure', 'An internal error occurred in the local ElastiCache endpoint.', 500);
}
