import { invalidInput } from './errors.js';

/**
 * The names of ElastiCache's resources. Each function returns the name as it is stored, or throws INVALID_INPUT at `path`. A text that is
 * no such name is not repeated: it may be a secret in the wrong place.
 */

const hyphenated = /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/;

/** Of a replication group: 1 to 40 letters, digits and hyphens; stored in lowercase. */
export function replicationGroupId(text: string, path?: readonly string[]): string {
  if (!hyphenated.test(text)) {
    throw invalidInput(
      'The parameter ReplicationGroupId is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII ' +
        'letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.',
      path,
    );
  }
  if (text.length > 40) {
    throw invalidInput(`The parameter ReplicationGroupId must have at most 40 characters, got ${text.length}.`, path);
  }
  return text.toLowerCase();
}

/** Of a user: a letter, then letters, digits and hyphens; stored in lowercase. */
export function userId(text: string, path?: readonly string[]): string {
  return accountId(text, 'user', path);
}

/** Of a user group: a letter, then letters, digits and hyphens; stored in lowercase. */
export function userGroupId(text: string, path?: readonly string[]): string {
  return accountId(text, 'user group', path);
}

function accountId(text: string, what: string, path: readonly string[] | undefined): string {
  if (!/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/.test(text)) {
    throw invalidInput(
      `Expected a ${what} ID of 1 to 40 letters, digits and hyphens that begins with a letter, got ${received(text, 40)}.`,
      path,
    );
  }
  return text.toLowerCase();
}

/** What a user says in AUTH: one word, kept as it is written. */
export function userName(text: string, path?: readonly string[]): string {
  if (!/^[!-~]{1,120}$/.test(text)) {
    throw invalidInput('Expected a user name of 1 to 120 printable characters without spaces.', path);
  }
  return text;
}

/** Of a subnet or parameter group that is to be made: 1 to 255 letters, digits and hyphens; stored in lowercase. */
export function groupName(text: string, what: string, path?: readonly string[]): string {
  if (!hyphenated.test(text) || text.length > 255) {
    throw invalidInput(
      `Expected a ${what} name of 1 to 255 letters, digits and single hyphens that begins with a letter, got ${received(text, 255)}.`,
      path,
    );
  }
  return text.toLowerCase();
}

function received(text: string, most: number): string {
  if (text === '') return 'an empty text';
  return text.length > most ? `${text.length} characters` : 'another text';
}
