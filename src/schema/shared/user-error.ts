import { ExpectedFailure, userErrorCodes, type UserErrorCode } from '../../domain/errors.js';
import { builder } from '../builder.js';
import { atRefusedItem } from './refused-item.js';
import { guardedByParent } from './scopes.js';

const descriptions: Record<UserErrorCode, string> = {
  ALREADY_EXISTS: 'A resource with this name already exists.',
  NOT_FOUND: 'A resource that the input names does not exist.',
  INVALID_INPUT: 'The input breaks a rule. The message says what was expected, and `path` names the field.',
  INVALID_STATE: 'The resource is in a state that does not allow this, e.g. MODIFYING, or a value is no number.',
  QUOTA_EXCEEDED: 'A quota of the AWS account, or a limit of this API, is exhausted.',
  DEFAULT_USER_REQUIRED: 'A user group with the engine REDIS requires a user named `default`.',
  DUPLICATE_USER_NAME: 'Two users of the user group have the same name.',
  WRONG_TYPE: 'The key holds a value of another type.',
  PERMISSION_DENIED: 'Valkey refused the credentials, or its ACL denies the command.',
  NOT_CONNECTED: 'This API has no credentials for the cluster. Use `connectCluster`.',
  CROSS_SLOT: 'The keys of one command belong to different hash slots.',
  OUT_OF_MEMORY: 'The node has reached its memory limit.',
  NOT_SUPPORTED: 'The cluster, its engine, its node type or the configuration does not support this.',
};

const UserErrorCodeEnum = builder.enumType('UserErrorCode', {
  description: 'The kind of an expected failure.',
  values: Object.fromEntries(userErrorCodes.map((code) => [code, { description: descriptions[code] }])) as Record<
    UserErrorCode,
    { description: string }
  >,
});

/** A plain object, because graphql-js throws every `Error` that it receives as a value. */
export type UserErrorShape = Pick<ExpectedFailure, 'code' | 'message' | 'inputPath' | 'upstreamCode'>;

export function shapeOf({ code, message, inputPath, upstreamCode }: ExpectedFailure): UserErrorShape {
  return { code, message, inputPath, upstreamCode };
}

export const UserErrorRef = builder.objectRef<UserErrorShape>('UserError').implement({
  extensions: guardedByParent(),
  description:
    'An expected failure of a mutation. A payload with `userErrors: []` succeeded. A payload with user errors changed nothing, and its ' +
    'other fields are null. Outages, missing permissions and bugs are GraphQL errors with `extensions.code` instead.',
  fields: (t) => ({
    code: t.expose('code', { type: UserErrorCodeEnum, nullable: false, description: 'The kind of the failure.' }),
    message: t.exposeString('message', {
      nullable: false,
      description: 'The expected input, the received input and the remedy, in words for people.',
    }),
    path: t.stringList({
      nullable: { list: true, items: false },
      description:
        'The path of the offending input field, e.g. `["input", "accessString"]`; null if it is not about one field.',
      resolve: ({ inputPath }) => (inputPath ? [...inputPath] : null),
    }),
    cause: t.string({
      description: 'The AWS error code or the Valkey error prefix that caused the failure; null if none did.',
      resolve: ({ upstreamCode }) => upstreamCode,
    }),
  }),
});

/** The value of a mutation field. The payload's own fields read `result`, which is absent if there are user errors. */
export interface Payload<Result> {
  readonly result?: Result;
  readonly userErrors: readonly ExpectedFailure[];
}

/**
 * Runs a use case and turns an `ExpectedFailure` into a user error. Other errors are thrown.
 * @param input the mutation's input, if it has lists of names of which ElastiCache may refuse one
 */
export async function withUserErrors<Result>(
  useCase: () => Promise<Result>,
  input: object = {},
): Promise<Payload<Result>> {
  try {
    return { result: await useCase(), userErrors: [] };
  } catch (error) {
    if (error instanceof ExpectedFailure) return { userErrors: [atRefusedItem(error, input)] };
    throw error;
  }
}

/** The type of a mutation's payload, with `userErrors`. Its file adds the other fields, all nullable, with `implement`. */
export function payloadRef<Result>(name: string) {
  const ref = builder.objectRef<Payload<Result>>(name);
  builder.objectField(ref, 'userErrors', (t) =>
    t.field({
      type: [UserErrorRef],
      nullable: false,
      description: 'The reasons why nothing was changed; empty if the mutation succeeded.',
      resolve: ({ userErrors }) => userErrors.map(shapeOf),
    }),
  );
  return ref;
}
