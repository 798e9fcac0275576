import { invalidInput } from './errors.js';

/**
 * The names of ElastiCache's resources. Each function returns the name as it is stored, or throws INVALID_INPUT at
 * `path`. An invalid name is not repeated: it may be a secret in the wrong place.
 */

const hyphenated = /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/;

/** Checks the ID of a replication group: 1 to 40 letters, digits and hyphens; stored in lower case. */
export function replicationGroupId(text: string, path?: readonly string[]): string {
  checkIdentifier(text, 'ReplicationGroupId', path);
  if (text.length > 40) {
    throw invalidInput(
      `The parameter ReplicationGroupId must have at maxLength 40 characters, got ${text.length}.`,
      path,
    );
  }
  return text.toLowerCase();
}

/** Checks the ID of a cache cluster: 1 to 50 letters, digits and hyphens; stored in lower case. */
export function cacheClusterId(text: string): string {
  checkIdentifier(text, 'CacheClusterId', undefined);
  if (text.length > 50) {
    throw invalidInput(`The parameter CacheClusterId must have at maxLength 50 characters, got ${text.length}.`);
  }
  return text.toLowerCase();
}

/** AWS's rule and sentence for the names of groups. */
function checkIdentifier(text: string, parameter: string, path: readonly string[] | undefined): void {
  if (text === '') throw invalidInput(`The parameter ${parameter} must be provided and must not be blank.`, path);
  if (hyphenated.test(text)) return;
  throw invalidInput(
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII ` +
      'letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.',
    path,
  );
}

/** Checks the ID of a user: a letter, then letters, digits and hyphens; stored in lower case. */
export function userId(text: string, path?: readonly string[]): string {
  return accountId(text, 'user', path);
}

/** Checks the ID of a user group: a letter, then letters, digits and hyphens; stored in lower case. */
export function userGroupId(text: string, path?: readonly string[]): string {
  return accountId(text, 'user group', path);
}

function accountId(text: string, noun: string, path: readonly string[] | undefined): string {
  if (!/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/.test(text)) {
    throw invalidInput(
      `Expected a ${noun} ID of 1 to 40 letters, digits and hyphens that begins with a letter, got ${received(text, 40)}.`,
      path,
    );
  }
  return text.toLowerCase();
}

/** Checks the name for AUTH: one word, stored as it is written. */
export function userName(text: string, path?: readonly string[]): string {
  if (!/^[!-~]{1,120}$/.test(text)) {
    throw invalidInput('Expected a user name of 1 to 120 printable characters without spaces.', path);
  }
  return text;
}

/** ElastiCache's parameter for the name of a resource. */
const nameParameters: Readonly<Record<string, string>> = {
  'cache subnet group': 'CacheSubnetGroupName',
  'cache parameter group': 'CacheParameterGroupName',
};

/** Checks the name of a new subnet or parameter group: 1 to 255 letters, digits and hyphens; stored in lower case. */
export function groupName(text: string, noun: string, path?: readonly string[]): string {
  return resourceName(text, noun, nameParameters[noun] ?? `${noun} name`, path);
}

/**
 * Checks the name of a new snapshot: 1 to 255 letters, digits and hyphens; stored in lower case. `parameter` is the one of
 * ElastiCache's that has the name.
 */
export function snapshotName(text: string, path?: readonly string[], parameter = 'SnapshotName'): string {
  return resourceName(text, 'snapshot', parameter, path);
}

function resourceName(text: string, noun: string, parameter: string, path: readonly string[] | undefined): string {
  checkIdentifier(text, parameter, path);
  if (text.length > 255) {
    throw invalidInput(`Expected a ${noun} name of at most 255 characters, got ${text.length}.`, path);
  }
  return text.toLowerCase();
}

function received(text: string, maxLength: number): string {
  if (text === '') return 'an empty text';
  return text.length > maxLength ? `${text.length} characters` : 'another text';
}
