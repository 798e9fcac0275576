import type { StaticErrorSchema } from '@smithy/types';
import { ExpectedFailure, type UserErrorCode } from '../../domain/errors.js';
import { StateNotStored } from '../state/store.js';
import { errorIdentity } from '../../interop/elasticache-schemas.js';

/** An error that the client receives unchanged. The message never contains a secret. */
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

/** Creates the fault of an error schema of the SDK: `fault(UserNotFoundFault$, 'User x not found.')`. */
export function fault(schema: StaticErrorSchema, message: string): AwsFault {
  const { code, status } = errorIdentity(schema);
  return new AwsFault(code, message, status);
}

/** AWS's codes for violated domain rules that do not name one themselves. */
const codes: Partial<Record<UserErrorCode, string>> = {
  INVALID_INPUT: 'InvalidParameterValue',
  DUPLICATE_USER_NAME: 'DuplicateUserName',
  DEFAULT_USER_REQUIRED: 'DefaultUserRequired',
};

/** Converts an error to a fault. Any other error is a bug and reveals nothing. */
export function faultOf(error: unknown): AwsFault {
  if (error instanceof AwsFault) return error;
  if (error instanceof StateNotStored) return new AwsFault('InsufficientStorage', error.message, 507);
  if (error instanceof ExpectedFailure) {
    return new AwsFault(error.upstreamCode ?? codes[error.code] ?? 'InvalidParameterValue', error.message);
  }
  return new AwsFault('InternalFailure', 'An internal error occurred in the local ElastiCache endpoint.', 500);
}
