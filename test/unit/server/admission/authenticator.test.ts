import { createHash } from 'node:crypto';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { isPromise } from '../../../../src/runtime/maybe-promise.js';
import { createAuthenticator } from '../../../../src/server/admission/authentication/authenticator.js';
import { createRemoteKeys } from '../../../../src/server/admission/authentication/key-source.js';
import { createTokenVerifier } from '../../../../src/server/admission/authentication/token-verifier.js';
import type { UnauthenticatedReason } from '../../../../src/server/admission/authentication/unauthenticated.js';
import { all, makeApiKey, openTestAccess } from '../../../helpers/access/access.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { audience, inAnHour, startTokenIssuer } from '../../../helpers/access/token-issuer.js';
import { testLog } from '../../../helpers/run/test-log.js';

const roles = {
  admin: { grants: [all] },
  reader: { grants: [{ operations: ['keys:read'], clusters: ['*'], keys: ['*'] }] },
};

/** An authenticator with an issuer and an access file. Time passes only by `move`. */
async function setUp(content: object = {}) {
  const issuer = await startTokenIssuer();
  const access = await openTestAccess({
    roles,
    bindings: [
      { claim: 'groups', value: 'ops', roles: ['admin'] },
      { everyToken: true, roles: ['reader'] },
    ],
    ...content,
  });
  let time = Date.now();
  const now = (): number => time;
  const refused: UnauthenticatedReason[] = [];
  const keys = createRemoteKeys(new URL(issuer.jwksUri), testLog(), 500);
  const rules = {
    issuer: issuer.issuer,
    audience,
    algorithms: ['ES256', 'RS256'] as const,
    clockSkewSeconds: 5,
    nameClaim: 'sub',
  };
  const { authenticate } = createAuthenticator({
    registry: access.registry,
    verifyToken: createTokenVerifier(keys.find, rules, now),
    onRefused: (reason) => refused.push(reason),
    now,
  });
  return {
    issuer,
    access,
    refused,
    authenticate: async (authorization?: string) => authenticate(authorization),
    atOnce: authenticate,
    move: (ms: number) => (time += ms),
    now,
    async [Symbol.asyncDispose]() {
      await keys[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}
const refusedWith = (message: RegExp, code = 'UNAUTHENTICATED') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

describe('A token', () => {
  test('of the issuer is accepted, its claims decide its permissions, and the second time it is cached', async () => {
    await using test = await setUp();
    const bearer = `Bearer ${await test.issuer.token({ groups: ['ops'] })}`;
    const identity = await test.authenticate(bearer);
    expect(identity.principal.name).toBe('ada');
    expect(identity.principal.access.may('clusters:admin')).toBe(true);
    expect(identity.expiresAt).toBeGreaterThan(test.now());
    expect(isPromise(test.atOnce(bearer))).toBe(false);
    expect(test.atOnce(bearer)).toBe(identity);
    expect(test.issuer.fetches()).toBe(1);
    const plain = await test.authenticate(`bearer  ${await test.issuer.token()}`);
    expect(plain.principal.access.may('clusters:admin')).toBe(false);
    expect(plain.principal.access.may('keys:read')).toBe(true);
  });

  test('has the same key as another token with the same claims about the same subject', async () => {
    await using test = await setUp();
    const keyOf = async (claims: Record<string, unknown>) =>
      (await test.authenticate(`Bearer ${await test.issuer.token(claims)}`)).principal.key;
    const key = await keyOf({ groups: ['ops'], jti: 'a' });
    expect(await keyOf({ groups: ['ops'], jti: 'b', exp: inAnHour() + 60, iat: inAnHour() - 3600 })).toBe(key);
    expect(await keyOf({ groups: [] })).not.toBe(key);
    expect(await keyOf({ groups: ['ops'], sub: 'bob' })).not.toBe(key);
  });

  test.each([
    ['of another issuer', { iss: 'https://evil.example' }, /issuer/],
    ['for another audience', { aud: 'another' }, /audience/],
    ['without audience', { aud: undefined }, /"aud"/],
    ['without expiry', { exp: undefined }, /"exp"/],
    ['without subject', { sub: undefined }, /"sub"/],
    ['whose subject is empty', { sub: '' }, /"sub"/],
    ['that expired before the skew', (now: number) => ({ exp: now - 7 }), /expired/],
    ['that is not valid yet, beyond the skew', (now: number) => ({ nbf: now + 7 }), /not valid yet/],
  ])('%s is refused', async (_, claims, message) => {
    await using test = await setUp();
    const now = Math.floor(test.now() / 1000);
    const token = await test.issuer.token(typeof claims === 'function' ? claims(now) : claims);
    await expect(test.authenticate(`Bearer ${token}`)).rejects.toEqual(refusedWith(message));
  });

  test('that expired within the skew is accepted until the skew ends', async () => {
    await using test = await setUp();
    const exp = Math.floor(test.now() / 1000) - 2;
    const identity = await test.authenticate(`Bearer ${await test.issuer.token({ exp })}`);
    expect(identity.expiresAt).toBe((exp + 5) * 1000);
  });

  test('that is cached is refused once it has expired', async () => {
    await using test = await setUp();
    const exp = Math.floor(test.now() / 1000) + 60;
    const bearer = `Bearer ${await test.issuer.token({ exp })}`;
    expect((await test.authenticate(bearer)).expiresAt).toBe(exp * 1000);
    test.move(59_000);
    expect(isPromise(test.atOnce(bearer))).toBe(false);
    test.move(10_000);
    await expect(test.authenticate(bearer)).rejects.toEqual(refusedWith(/expired/));
    expect(test.refused).toEqual(['expired']);
  });

  test('without signature, or signed with public data, is refused', async () => {
    await using test = await setUp();
    const claims = { iss: test.issuer.issuer, aud: audience, sub: 'ada', exp: inAnHour() };
    const jwk = await test.issuer.publicJwk();
    const pem = await exportSPKI((await importJWK(jwk, 'ES256', { extractable: true })) as CryptoKey);
    const byPublicKey = (secret: string) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: jwk.kid! }).sign(Buffer.from(secret));
    for (const token of [
      new UnsecuredJWT(claims).encode(),
      await byPublicKey(pem),
      await byPublicKey(JSON.stringify(jwk)),
      'e30.e30.e30',
      'not-a-token',
    ]) {
      await expect(test.authenticate(`Bearer ${token}`)).rejects.toEqual(refusedWith(/token is invalid/));
    }
  });

  test('that was changed, or is signed by another key with the same ID, is refused', async () => {
    await using test = await setUp();
    const [header, , signature] = (await test.issuer.token()).split('.');
    const claims = { iss: test.issuer.issuer, aud: audience, sub: 'root', exp: inAnHour() };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    await expect(test.authenticate(`Bearer ${forged}`)).rejects.toEqual(refusedWith(/signature is wrong/));
    await using other = await startTokenIssuer();
    await expect(test.authenticate(`Bearer ${await other.token()}`)).rejects.toEqual(refusedWith(/signature is wrong/));
    const unknown = await other.token({}, { kid: 'unknown' });
    await expect(test.authenticate(`Bearer ${unknown}`)).rejects.toEqual(refusedWith(/does not publish/));
  });

  test('signed by a new key is accepted once the key is published, and unknown keys do not cause repeated fetches', async () => {
    await using test = await setUp();
    await using other = await startTokenIssuer();
    const unknown = await other.token({}, { kid: 'unknown' });
    for (let round = 0; round < 5; round += 1) await test.authenticate(`Bearer ${unknown}`).catch(() => undefined);
    expect(test.issuer.fetches()).toBe(1);
    await using fresh = await setUp();
    await fresh.issuer.rotate();
    expect((await fresh.authenticate(`Bearer ${await fresh.issuer.token()}`)).principal.name).toBe('ada');
  });

  test('is refused as unavailable, not as invalid, while the keys cannot be fetched', async () => {
    await using test = await setUp();
    test.issuer.fail(true);
    const bearer = `Bearer ${await test.issuer.token()}`;
    const unavailable = refusedWith(/keys cannot be fetched/, 'AUTHENTICATION_UNAVAILABLE');
    await expect(test.authenticate(bearer)).rejects.toEqual(unavailable);
    await expect(test.authenticate(bearer)).rejects.toEqual(unavailable);
    // Not every request causes a fetch.
    expect(test.issuer.fetches()).toBe(1);
    expect(test.refused).toEqual(['unavailable', 'unavailable']);
    test.issuer.fail(false);
    await eventually(async () => expect((await test.authenticate(bearer)).principal.name).toBe('ada'));
  });

  test('is verified once, even if many requests bring it at the same time', async () => {
    await using test = await setUp();
    const bearer = `Bearer ${await test.issuer.token()}`;
    const [first, ...others] = await Promise.all(Array.from({ length: 50 }, () => test.authenticate(bearer)));
    expect(new Set(others)).toEqual(new Set([first]));
  });
});

describe('An API key', () => {
  test('is accepted as long as the file has it, with its current roles', async () => {
    const ci = makeApiKey('ci', ['reader']);
    await using test = await setUp({ apiKeys: [ci.entry] });
    const identity = await test.authenticate(ci.bearer);
    expect(identity.principal).toMatchObject({ name: 'ci', key: 'key:ci' });
    expect(identity.expiresAt).toBe(Infinity);
    expect(identity.principal.access.may('keys:write')).toBe(false);
    expect(test.atOnce(ci.bearer)).toBe(identity);
    await test.access.write({ roles, apiKeys: [{ ...ci.entry, roles: ['admin'] }] });
    await eventually(() => expect(identity.principal.access.may('keys:write')).toBe(true));
    await test.access.write({ roles });
    await eventually(() => expect(identity.expiresAt).toBe(0));
    expect(identity.principal.access.may('keys:read')).toBe(false);
    await expect(test.authenticate(ci.bearer)).rejects.toEqual(refusedWith(/unknown/));
    expect(test.refused).toEqual(['unknown']);
  });

  test('that has expired is refused, even if it was cached', async () => {
    const ci = makeApiKey('ci', ['reader'], { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    await using test = await setUp({ apiKeys: [ci.entry] });
    await test.authenticate(ci.bearer);
    test.move(61_000);
    await expect(test.authenticate(ci.bearer)).rejects.toEqual(refusedWith(/expired/));
  });

  test('is stored as a hash, which is not accepted as a key', async () => {
    const ci = makeApiKey('ci', ['reader']);
    expect(ci.key).toMatch(/^cg_[\w-]{43}$/);
    expect(ci.entry.sha256).toBe(createHash('sha256').update(ci.key).digest('hex'));
    await using test = await setUp({ apiKeys: [ci.entry] });
    await expect(test.authenticate(`Bearer ${ci.entry.sha256}`)).rejects.toThrow();
    await expect(test.authenticate(`Bearer cg_${ci.entry.sha256}`)).rejects.toEqual(refusedWith(/unknown/));
  });
});

describe('A request without credentials', () => {
  test('is refused unless the file admits anonymous callers', async () => {
    await using test = await setUp();
    await expect(test.authenticate()).rejects.toEqual(refusedWith(/Expected "authorization: Bearer/));
    await using open = await setUp({ anonymous: { roles: ['reader'] } });
    const identity = await open.authenticate();
    expect(identity.principal.name).toBe('anonymous');
    expect(identity.principal.access.may('keys:read')).toBe(true);
    expect(identity.principal.access.may('keys:write')).toBe(false);
    // Wrong credentials are not the same as none.
    await expect(open.authenticate('Bearer nonsense')).rejects.toEqual(refusedWith(/token is invalid/));
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', `Bearer ${'a'.repeat(8200)}`, 'Bearer \u{1F511}'])(
    '(%j) is refused, and the message does not repeat the header',
    async (authorization) => {
      await using test = await setUp({ anonymous: { roles: ['reader'] } });
      const error = await test.authenticate(authorization).catch((reason: unknown) => reason);
      expect(error).toEqual(refusedWith(/Expected/));
      if (authorization.length > 10) expect(String(error)).not.toContain(authorization.slice(7));
      expect(test.refused).toEqual(['malformed']);
    },
  );
});
