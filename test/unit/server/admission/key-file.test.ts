import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { openKeyFile } from '../../../../src/server/admission/authentication/key-source.js';
import { temporaryFolder } from '../../../helpers/apis/command.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { startTokenIssuer } from '../../../helpers/access/token-issuer.js';
import { testLog } from '../../../helpers/run/test-log.js';

test('a file of keys is reloaded after each change, and an invalid file changes nothing', async () => {
  await using issuer = await startTokenIssuer();
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'keys.json');
  const write = async () => writeFile(path, JSON.stringify({ keys: [await issuer.publicJwk()] }));
  await write();
  await using keys = await openKeyFile(path, testLog());
  const first = await issuer.token();
  await jwtVerify(first, keys.find);
  await writeFile(path, '{"keys": [');
  await issuer.rotate();
  const second = await issuer.token();
  await jwtVerify(first, keys.find);
  await expect(jwtVerify(second, keys.find)).rejects.toThrow('no applicable key');
  await write();
  await eventually(() => jwtVerify(second, keys.find));
  await expect(jwtVerify(first, keys.find)).rejects.toThrow('no applicable key');
});

test.each([
  ['does not exist', undefined, /cannot be read/],
  ['is not JSON', '{', /not JSON/],
  ['contains no keys', '{"keys":[]}', /expected a JSON Web Key Set/],
  ['contains a shared secret', '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}', /expected a JSON Web Key Set of public keys/],
])('a file of keys that %s is an error that quotes none of its content', async (_, text, message) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'keys.json');
  if (text !== undefined) await writeFile(path, text);
  const opened = openKeyFile(path, testLog());
  await expect(opened).rejects.toThrow(message);
  await expect(opened).rejects.not.toThrow('c2VjcmV0');
});
