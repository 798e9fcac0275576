import { ExpectedFailure, invalidInput } from '../errors.js';
import type { AuthenticationType } from './user.js';

/**
 * Checks a user's passwords: one or two, each 16 to 128 printable characters without `,`, `"`, `/`, `@` and spaces.
 * @throws ExpectedFailure INVALID_INPUT at `path`, or at a password of the list there; the message never holds a password.
 */
export function checkPasswords(passwords: readonly string[], path?: readonly string[]): void {
  if (passwords.length < 1 || passwords.length > 2) {
    throw invalidInput(`Expected one or two passwords, got ${passwords.length}.`, path);
  }
  for (const [index, password] of passwords.entries()) {
    const at = path && [...path, String(index)];
    if (password.length < 16 || password.length > 128) {
      throw invalidInput('Passwords length must be between 16-128 characters.', at);
    }
    if (!/^[!-~]+$/.test(password) || /[,"/@]/.test(password)) {
      throw invalidInput('Passwords may hold printable ASCII characters only, without spaces and none of , " / @.', at);
    }
  }
  if (new Set(passwords).size < passwords.length) throw invalidInput('Expected two different passwords.', path);
}

/** The inputs that {@link checkAuthentication} may reject. */
export type AuthenticationField = 'type' | 'passwords' | 'userName';

export interface AuthenticationRequest {
  readonly type: AuthenticationType;
  readonly passwords: readonly string[];
  readonly userId: string;
  readonly userName: string;
}

/**
 * Checks the authentication of a user: passwords with PASSWORD only, and equal ID and name with IAM.
 * @throws ExpectedFailure INVALID_INPUT at the path of the offending field.
 */
export function checkAuthentication(
  { type, passwords, userId, userName }: AuthenticationRequest,
  pathOf: (field: AuthenticationField) => readonly string[] | undefined = () => undefined,
): void {
  if (type === 'PASSWORD') {
    checkPasswords(passwords, pathOf('passwords'));
    return;
  }
  if (passwords.length > 0) {
    throw new ExpectedFailure(
      'INVALID_INPUT',
      `Passwords cannot be provided for authentication type: ${type === 'IAM' ? 'iam' : 'no-password-required'}.`,
      { path: pathOf('passwords'), upstreamCode: 'InvalidParameterCombination' },
    );
  }
  if (type === 'IAM' && userId.toLowerCase() !== userName.toLowerCase()) {
    throw new ExpectedFailure('INVALID_INPUT', 'User Id and User name must be same for authentication type: iam', {
      path: pathOf('userName'),
      upstreamCode: 'InvalidParameterCombination',
    });
  }
}

/**
 * Checks the AUTH token of a cluster without user groups: TLS, and 16 to 128 printable characters of which only
 * `! & # $ ^ < > -` are neither letters nor digits.
 * @throws ExpectedFailure INVALID_INPUT at `path`; the message never holds the token.
 */
export function checkAuthToken(token: string, tls: boolean, path?: readonly string[]): void {
  if (!tls) {
    throw new ExpectedFailure(
      'INVALID_INPUT',
      'AUTH token requires encryption-in-transit to be enabled on the replication group.',
      { path, upstreamCode: 'InvalidParameterCombination' },
    );
  }
  if (!/^[a-zA-Z0-9!&#$^<>-]{16,128}$/.test(token)) {
    throw invalidInput(
      'Invalid AuthToken provided. Expected 16 to 128 letters, digits and the special characters ! & # $ ^ < > -.',
      path,
    );
  }
}
