import { expect, test } from 'vitest';
import { CommandError } from '../../../src/datasources/valkey/command-error.js';
import { expectedFailure } from '../../../src/datasources/valkey/values/expected-failure.js';
import { parseAccessString } from '../../../src/domain/user/access-string.js';
import { engineVersion } from '../../../src/domain/cluster/engines.js';
import { groupName, replicationGroupId, userGroupId, userId, userName } from '../../../src/domain/identifiers.js';
import { nodeType } from '../../../src/domain/cluster/node-types.js';
import { checkParameterValue } from '../../../src/domain/parameters/parameter-table.js';
import { checkSlots } from '../../../src/domain/cluster/slots.js';
import { checkTags } from '../../../src/domain/tags.js';
import { canary } from '../../helpers/run/canary.js';

const secret = canary('in-the-wrong-place');
const wrong = `_${secret}`;

const refused: [string, () => unknown, message: string | RegExp][] = [
  ['a cluster name', () => replicationGroupId(wrong), /must begin with a letter/],
  ['a user ID', () => userId(wrong), /40 letters.*, got \d+ characters\.$/],
  ['a short user ID', () => userId('_x'), /, got another text\.$/],
  ['a user group ID', () => userGroupId(`${secret}!`), /, got \d+ characters\.$/],
  ['an empty user group ID', () => userGroupId(''), /, got an empty text\.$/],
  ['a user name', () => userName(`${secret} `), /printable/],
  ['a parameter group name', () => groupName(wrong, 'cache parameter group'), /CacheParameterGroupName is not a valid/],
  ['a node type', () => nodeType(`cache.t3.${secret}`), /Expected cache\.t3\.micro/],
  ['a version', () => engineVersion('VALKEY', secret), /^Cannot find this version for valkey/],
  ['a parameter', () => checkParameterValue('valkey8', secret, 'x'), /Could not find a parameter/],
  ['the value of a parameter', () => checkParameterValue('valkey8', 'timeout', secret), /invalid for timeout/],
  ['slots', () => checkSlots([secret]), /, got another text\.$/],
  ['slots out of range', () => checkSlots(['0-20000']), /, got 0-20000\.$/],
  ['the value of a tag', () => checkTags([{ key: secret, value: 'x'.repeat(300) }]), /got 300 in tag 1\.$/],
  ['a tag given twice', () => checkTags(['a', secret, secret].map((key) => ({ key, value: '' }))), /tag 3 twice/],
  ['a command of an access string', () => parseAccessString(`+${secret}`), /no known command/],
  ['a category of an access string', () => parseAccessString(`+@${secret}`), /no known category/],
  ['a key pattern of an access string', () => parseAccessString(`~* ~${secret}`), /has no effect/],
  [
    'the arguments of a command that a server does not know',
    () => {
      const reply = `ERR unknown command 'HSET', with args beginning with: 'key' 'f\n' '${secret}' `;
      throw expectedFailure(new CommandError(reply));
    },
    /^This cluster does not support the command HSET\.$/,
  ],
];

test.each(refused)('an error about %s does not repeat it', (_, act, message) => {
  expect(act).toThrow(message);
  expect(act).not.toThrow(secret);
});
