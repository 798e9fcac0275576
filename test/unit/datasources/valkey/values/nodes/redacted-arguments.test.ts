import { expect, test } from 'vitest';
import { redactArguments } from '../../../../../../src/datasources/valkey/values/nodes/redacted-arguments.js';

const hidden = '(redacted)';
const more = '... (7 more arguments)';

test.each([
  ['AUTH with too many arguments', ['auth', 'a', 'b', 's3cret'], ['auth', hidden, hidden, hidden]],
  ['HELLO of another version', ['HELLO', '9', 'AUTH', 'a', 's3cret'], ['HELLO', '9', 'AUTH', hidden, hidden]],
  [
    'HELLO with a name',
    ['hello', '3', 'SETNAME', 'x', 'Auth', 'a', 's3cret'],
    ['hello', '3', 'SETNAME', 'x', 'Auth', hidden, hidden],
  ],
  ['HELLO without a password', ['HELLO', '3'], ['HELLO', '3']],
  ['a rule of a user', ['ACL', 'setuser', 'bob', '>s3cret', more], ['ACL', 'setuser', hidden, hidden, more]],
  ['ACL of another kind', ['ACL', 'GETUSER', 'bob'], ['ACL', 'GETUSER', 'bob']],
  [
    'settings that are secret',
    ['CONFIG', 'SET', 'maxmemory', '1', 'RequirePass', 's3cret', 'masterauth', 's3cret', 'appendonly', 'no'],
    ['CONFIG', 'SET', 'maxmemory', '1', 'RequirePass', hidden, 'masterauth', hidden, 'appendonly', 'no'],
  ],
  ['CONFIG GET', ['CONFIG', 'GET', 'requirepass'], ['CONFIG', 'GET', 'requirepass']],
  [
    'MIGRATE with a password',
    ['MIGRATE', 'h', '1', 'k', '0', '1', 'AUTH2', 'a', 's3cret', 'KEYS', 'k'],
    ['MIGRATE', 'h', '1', 'k', '0', '1', 'AUTH2', hidden, hidden, 'KEYS', 'k'],
  ],
  [
    'a command that ACL DRYRUN tries',
    ['ACL', 'DryRun', 'bob', 'ACL', 'SETUSER', 'eve', '>s3cret'],
    ['ACL', 'DryRun', 'bob', 'ACL', 'SETUSER', hidden, hidden],
  ],
  [
    'a command whose keys are asked',
    ['COMMAND', 'GETKEYS', 'MIGRATE', 'h', '1', '', '0', '1', 'AUTH', 's3cret', 'KEYS', 'k'],
    ['COMMAND', 'GETKEYS', 'MIGRATE', 'h', '1', '', '0', '1', 'AUTH', hidden, hidden, 'k'],
  ],
  [
    'a command whose keys and flags are asked',
    ['command', 'getkeysandflags', 'AUTH', 's3cret'],
    ['command', 'getkeysandflags', 'AUTH', hidden],
  ],
  ['an ordinary command', ['SET', 'auth', 'value'], ['SET', 'auth', 'value']],
  ['nothing', [], []],
])('the secrets of %s are hidden', (_, args, expected) => {
  expect(redactArguments(args)).toEqual(expected);
});
