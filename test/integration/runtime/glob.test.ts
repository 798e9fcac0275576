import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGlob } from '../../../src/runtime/glob.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

test('channel patterns match the same channels as in Valkey', async () => {
  await using server = await startValkey();
  const letters = [...Array.from('ab]-^\\*['), 'ab', 'ba', 'aab', 'a-b', 'a]b', '[a]', 'b\\', 'abab', 'a*b', '^a'];
  await server.command('MSET', ...letters.flatMap((name) => [name, '']));
  const pattern = fc
    .array(fc.constantFrom(...Array.from('ab*?[]^-\\')), { minLength: 1, maxLength: 7 })
    .map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(pattern, async (text) => {
      const found = (await server.command('KEYS', text)) as unknown as Buffer[];
      const matches = createGlob(Buffer.from(text));
      const ours = letters.filter((name) => matches(Buffer.from(name)));
      expect(ours.sort(), text).toEqual(found.map(String).sort());
    }),
    { numRuns: 1000 },
  );
});
