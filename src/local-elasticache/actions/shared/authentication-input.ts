import { createHash } from 'node:crypto';
import type { AuthenticationMode } from '@aws-sdk/client-elasticache';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import type { AuthenticationType, NewAuthentication } from '../../../domain/user/user.js';

interface AuthenticationInput {
  readonly AuthenticationMode?: AuthenticationMode | undefined;
  readonly Passwords?: readonly string[] | undefined;
  readonly NoPasswordRequired?: boolean | undefined;
}

const types: Readonly<Record<string, AuthenticationType>> = {
  password: 'PASSWORD',
  'no-password-required': 'NO_PASSWORD',
  iam: 'IAM',
};

/**
 * Reads the authentication of a user from either form of the request: `AuthenticationMode`, or the older `Passwords`
 * and `NoPasswordRequired`. Returns undefined if the request contains neither.
 */
export function readAuthentication(input: AuthenticationInput): NewAuthentication | undefined {
  const { AuthenticationMode: mode, Passwords: passwords = [], NoPasswordRequired: none } = input;
  if (mode) {
    if (passwords.length > 0 || none !== undefined) {
      throw conflict('AuthenticationMode cannot be used together with Passwords or NoPasswordRequired.');
    }
    const type = types[mode.Type ?? ''];
    if (!type) throw invalidInput('Expected an authentication type of password, no-password-required or iam.');
    return { type, passwords: mode.Passwords ?? [] };
  }
  if (none === true && passwords.length > 0) {
    throw conflict('Passwords cannot be provided when NoPasswordRequired is true.');
  }
  if (none === true) return { type: 'NO_PASSWORD', passwords: [] };
  return passwords.length > 0 ? { type: 'PASSWORD', passwords } : undefined;
}

/** The stored form of a password, which is also the form of Valkey's ACL. */
export function passwordHash(password: string): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}

function conflict(message: string): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { upstreamCode: 'InvalidParameterCombination' });
}
