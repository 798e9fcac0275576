import * as z from 'zod';
import { tokenAlgorithms } from './token-algorithms.js';

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const jwtSchema = z
  .strictObject({
    /** The URL at which the issuer publishes its keys. */
    jwksUri: z.url({ protocol: /^https?$/, error: 'expected a URL of http or https' }).optional(),
    /** A file with the keys, read again whenever it changes. */
    jwksFile: z.string().min(1).optional(),
    issuer: oneOrMore,
    audience: oneOrMore,
    algorithms: z.array(z.enum(tokenAlgorithms)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']),
    clockSkewSeconds: z.number().int().min(0).max(60).default(5),
    nameClaim: z.string().min(1).default('sub'),
  })
  .transform(({ jwksUri, jwksFile, ...rules }, context) => {
    if (jwksUri !== undefined && jwksFile === undefined) return { ...rules, keys: { url: new URL(jwksUri) } };
    if (jwksFile !== undefined && jwksUri === undefined) return { ...rules, keys: { file: jwksFile } };
    context.addIssue({ code: 'custom', message: 'expected either jwksUri or jwksFile' });
    return z.NEVER;
  });

/** The `authentication` of the configuration: which tokens are accepted, in addition to the API keys of the access file. */
export const authenticationSchema = z.strictObject({ jwt: jwtSchema.optional() });

export type JwtConfig = z.infer<typeof jwtSchema>;
