import { once } from 'node:events';
import { createServer } from 'node:http';
import { CompactSign, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { keepSecret } from '../run/written.js';

/** A token issuer with its own keys, published over HTTP. */
export interface TokenIssuer extends AsyncDisposable {
  readonly jwksUri: string;
  readonly issuer: string;
  /** The public key of the newest kid. */
  publicJwk(): Promise<JWK>;
  /** The number of times that its keys were fetched. */
  fetches(): number;
  /** Signs a token of `sub: "ada"`, valid for an hour. `claims` override; undefined omits a claim. */
  token(claims?: Record<string, unknown>, header?: { kid?: string; key?: CryptoKey }): Promise<string>;
  /** Signs a token with this text as payload, valid or not. */
  signed(payload: string): Promise<string>;
  /** Signs with a new key from now on, and publishes only that. */
  rotate(): Promise<void>;
  /** Answers 500 from now on, or stops doing so. */
  fail(isOut: boolean): void;
}

export const audience = 'cachegraph';
export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const issuer = 'https://issuer.example';
  const makeKey = () => generateKeyPair('ES256', { extractable: true });
  let pair = await makeKey();
  let kid = 1;
  let fetches = 0;
  let isOut = false;
  const publicJwk = async (): Promise<JWK> => ({
    ...(await exportJWK(pair.publicKey)),
    kid: String(kid),
    alg: 'ES256',
    use: 'sig',
  });
  const server = createServer((_, response) => {
    fetches += 1;
    void publicJwk().then((key) => response.writeHead(isOut ? 500 : 200).end(JSON.stringify({ keys: [key] })));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    jwksUri: `http://127.0.0.1:${port}/jwks.json`,
    issuer,
    publicJwk,
    fetches: () => fetches,
    async token(claims = {}, { kid: named = String(kid), key = pair.privateKey } = {}) {
      const token = await new SignJWT({ iss: issuer, aud: audience, sub: 'ada', exp: inAnHour(), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: named })
        .sign(key);
      keepSecret(token);
      return token;
    },
    async signed(payload) {
      const signer = new CompactSign(Buffer.from(payload));
      const token = await signer.setProtectedHeader({ alg: 'ES256', kid: String(kid) }).sign(pair.privateKey);
      keepSecret(token);
      return token;
    },
    async rotate() {
      pair = await makeKey();
      kid += 1;
    },
    fail: (value) => void (isOut = value),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
