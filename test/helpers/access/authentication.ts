import { createAuthenticator, type Authenticator } from '../../../src/server/admission/authentication/authenticator.js';
import { createRemoteKeys } from '../../../src/server/admission/authentication/key-source.js';
import { createTokenVerifier } from '../../../src/server/admission/authentication/token-verifier.js';
import { openTestAccess, type TestAccess } from './access.js';
import { audience, startTokenIssuer, type TokenIssuer } from './token-issuer.js';
import { startTestApi, type TestApi } from '../apis/test-api.js';
import { testLog } from '../run/test-log.js';

/** An authenticator with an access file that tests can rewrite, and with a token issuer. */
export interface TestAuthentication extends AsyncDisposable {
  readonly authenticator: Authenticator;
  readonly access: TestAccess;
  readonly issuer: TokenIssuer;
  /** The value of an `Authorization` header. */
  bearer(claims?: Record<string, unknown>): Promise<string>;
}

export async function startAuthentication(content: object): Promise<TestAuthentication> {
  const issuer = await startTokenIssuer();
  const access = await openTestAccess(content, { pollMs: 100 });
  const keys = createRemoteKeys(new URL(issuer.jwksUri), testLog());
  const verifyToken = createTokenVerifier(keys.find, {
    issuer: issuer.issuer,
    audience,
    algorithms: ['ES256'],
    clockSkewSeconds: 0,
    nameClaim: 'sub',
  });
  return {
    authenticator: createAuthenticator({ registry: access.registry, verifyToken }),
    access,
    issuer,
    bearer: async (claims) => `Bearer ${await issuer.token(claims)}`,
    async [Symbol.asyncDispose]() {
      await keys[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

/** A server whose callers authenticate so. Closing it closes both. */
export async function startAuthenticatedApi(content: object): Promise<TestAuthentication & { readonly api: TestApi }> {
  const authentication = await startAuthentication(content);
  const api = await startTestApi({}, authentication.authenticator);
  return {
    ...authentication,
    api,
    async [Symbol.asyncDispose]() {
      await api.close();
      await authentication[Symbol.asyncDispose]();
    },
  };
}
