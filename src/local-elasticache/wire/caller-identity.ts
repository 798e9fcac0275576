import { createXmlWriter } from '../../interop/aws-xml.js';
import { structureSchema, textSchema } from '../../interop/elasticache-schemas.js';

/** The one action of AWS STS that clients of ElastiCache call: ACK and Terraform ask for their account with it. */
export const callerIdentityAction = 'GetCallerIdentity';

const schema = structureSchema('GetCallerIdentityResponse', {
  GetCallerIdentityResult: structureSchema('GetCallerIdentityResult', {
    Arn: textSchema,
    UserId: textSchema,
    Account: textSchema,
  }),
  ResponseMetadata: structureSchema('ResponseMetadata', { RequestId: textSchema }),
});

const write = createXmlWriter(schema, 'https://sts.amazonaws.com/doc/2011-06-15/');

/** Encodes the answer of STS (Query protocol, version 2011-06-15) for a caller, who is always the root of the account. */
export function encodeCallerIdentity(accountId: string, requestId: string): string {
  const identity = { Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId, Account: accountId };
  return write({ GetCallerIdentityResult: identity, ResponseMetadata: { RequestId: requestId } });
}
