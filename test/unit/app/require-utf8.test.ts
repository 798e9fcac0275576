import { expect, test } from 'vitest';
import { requireUtf8 } from '../../../src/app/require-utf8.js';
import { StartupError } from '../../../src/runtime/startup-error.js';

/** As Node.js decodes a byte that is not UTF-8. */
const broken = 'a\uFFFDb';

test.each([
  ['a flag and its value', ['dev', '--history', 'a*', broken], {}, '--history'],
  ['a flag with its value', ['dev', `--data-dir=${broken}`], {}, '--data-dir'],
  ['the name of a flag', [`--${broken}`], {}, 'Argument 1'],
  ['an argument without a flag', ['access-check', broken], {}, 'Argument 2'],
  ['a variable of cachegraph', [], { CACHEGRAPH_HISTORY: broken }, 'CACHEGRAPH_HISTORY'],
  ['a variable of the AWS SDK', [], { AWS_PROFILE: broken }, 'AWS_PROFILE'],
])('%s that is not UTF-8 is named and not repeated', (_, args, env, name) => {
  const check = () => requireUtf8(args, env);
  expect(check).toThrow(StartupError);
  expect(check).toThrow(`\n  ${name} is not valid UTF-8`);
  expect(check).not.toThrow(broken);
});

test('each flag is named once', () => {
  expect(() => requireUtf8(['--history', broken, broken], {})).toThrow(/^[^\n]+\n {2}--history is [^\n]+$/);
});

test('variables of other programs, and all text in UTF-8, are accepted', () => {
  expect(() => requireUtf8(['dev', '--history', 'ä*'], { OLDPWD: broken, LOG_LEVEL: 'info' })).not.toThrow();
});
