import { ExpectedFailure, userErrorCodes, type UserErrorCode } from '../../domain/errors.js';
import { builder } from '../builder.js';
import { guardedByParent } from './scopes.js';

const descriptions: Record<UserErrorCode, string> = {
  ALREADY_EXISTS: 'Something with this name stands already.',
  NOT_FOUND: 'What the input names does not exist.',
  INVALID_INPUT: 'The input breaks a rule; the message says which and what was expected.',
  INVALID_STATE: 'The resource is in a state that does not allow this, e.g. being modified.',
  QUOTA_EXCEEDED: 'A quota of the account or the service is used up.',
  DEFAULT_USER_REQUIRED: 'The user group needs a user named `default`.',
  DUPLICATE_USER_NAME: 'Two users of the group have the same name.',
  WRONG_TYPE: 'The key holds another type of value.',
  PERMISSION_DENIED: 'Valkey refused the credentials or the command (its ACL).',
  NOT_CONNECTED: 'The cluster needs credentials: use `connectCluster`.',
  CROSS_SLOT: 'The keys of one command belong to different hash slots.',
  OUT_OF_MEMORY: 'The node has reached its memory limit.',
  NOT_SUPPORTED: 'The cluster, its engine, its node type or the configuration does not provide this.',
};

const UserErrorCodeEnum = builder.enumType('UserErrorCode', {
  description: 'What kind of expected failure a mutation met.',
  values: Object.fromEntries(userErrorCodes.map((code) => [code, { description: descriptions[code] }])) as Record<
    UserErrorCode,
    { description: string }
  >,
});

/** Its own properties only: graphql-js throws every `Error` that it is given as a value. */
type UserErrorShape = Pick<ExpectedFailure, 'code' | 'message' | 'inputPath' | 'upstreamCode'>;

function shapeOf({ code, message, inputPath, upstreamCode }: ExpectedFailure): UserErrorShape {
  return { code, message, inputPath, upstreamCode };
}

/** An expected failure of a mutation, as clients see it. */
const UserError = builder.objectRef<UserErrorShape>('UserError').implement({
  extensions: guardedByParent(),
  description:
    'An expected failure of a mutation. Outages, refused authentication and bugs are GraphQL errors with `extensions.code` ' +
    'instead; a payload with `userErrors: []` succeeded, one with user errors changed nothing and its other fields are null.',
  fields: (t) => ({
    code: t.expose('code', { type: UserErrorCodeEnum, nullable: false, description: 'The kind of failure.' }),
    message: t.exposeString('message', { nullable: false, description: 'What was expected and what came.' }),
    path: t.stringList({
      nullable: { list: true, items: false },
      description: 'Path of the offending input field, e.g. `["input", "accessString"]`.',
      resolve: ({ inputPath }) => (inputPath ? [...inputPath] : null),
    }),
    cause: t.string({
      description: 'The AWS error code or the Valkey error prefix, where one caused this.',
      resolve: ({ upstreamCode }) => upstreamCode,
    }),
  }),
});

/** What a mutation's field resolves to; the payload's own fields read `result`, which is absent where there are user errors. */
export interface Payload<Result> {
  readonly result?: Result;
  readonly userErrors: readonly ExpectedFailure[];
}

/** Runs a use case: its result with no user errors, or its `ExpectedFailure` as the only one. Other errors pass. */
export async function withUserErrors<Result>(useCase: () => Promise<Result>): Promise<Payload<Result>> {
  try {
    return { result: await useCase(), userErrors: [] };
  } catch (error) {
    if (error instanceof ExpectedFailure) return { userErrors: [error] };
    throw error;
  }
}

/** The type of a mutation's payload. It has `userErrors`; its file adds the other fields, nullable, with `implement`. */
export function payloadRef<Result>(name: string) {
  const ref = builder.objectRef<Payload<Result>>(name);
  builder.objectField(ref, 'userErrors', (t) =>
    t.field({
      type: [UserError],
      nullable: false,
      description: 'Why nothing was changed; empty where the mutation succeeded.',
      resolve: ({ userErrors }) => userErrors.map(shapeOf),
    }),
  );
  return ref;
}
