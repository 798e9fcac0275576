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
  const { AuthenticationMode: mode, Passwords: passwords = [], NoPasswordRequired: none = false } = input;
  if (mode) {
    const type = types[mode.Type ?? ''];
    if (!type) throw unknownType(mode.Type);
    // Terraform sends `NoPasswordRequired=false` beside each mode; AWS accepts it.
    if (none && type !== 'NO_PASSWORD') {
      throw conflict(`No password required flag is true but provided authentication type is ${mode.Type ?? 'null'}`);
    }
    if (passwords.length > 0) {
      throw conflict(
        type === 'PASSWORD'
          ? 'Passwords must be given once: in AuthenticationMode or in Passwords.'
          : `Password field is not allowed with authentication type: ${mode.Type ?? 'null'}`,
      );
    }
    return { type, passwords: mode.Passwords ?? [] };
  }
  if (none && passwords.length > 0) {
    throw conflict('Passwords cannot be provided when NoPasswordRequired is true.');
  }
  if (none) return { type: 'NO_PASSWORD', passwords: [] };
  return passwords.length > 0 ? { type: 'PASSWORD', passwords } : undefined;
}

/** AWS's refusal of a type of authentication; `null` if there is none. */
export function unknownType(type: string | undefined): ExpectedFailure {
  // Only a word is repeated: other text may be a secret in the wrong place.
  const named =
    type === undefined ? 'null' : /^[a-z]{1,10}(?:-[a-z]{1,10}){0,3}$/i.test(type) ? type : '(another text)';
  return invalidInput(
    `Input Authentication type: ${named} is not in the allowed list: [password,no-password-required,iam]`,
  );
}

/** The stored form of a password, which is also the form of Valkey's ACL. */
export function passwordHash(password: string): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}

function conflict(message: string): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { upstreamCode: 'InvalidParameterCombination' });
}
