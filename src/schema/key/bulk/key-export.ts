import { createExport, type CreatedExport } from '../../../resolvers/key/bulk/key-export.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { KeyTypeEnum } from '../key.js';

const ExportFormatEnum = builder.enumType('ExportFormat', {
  description: 'How the values of exported keys are written.',
  values: {
    LOGICAL: {
      description:
        'As JSON, for people and other programs. Consumer groups of streams and expiries of hash fields are not included.',
    },
    DUMP: {
      description: 'As DUMP returns them, in Base64, for RESTORE into a server of the same version or a later one.',
    },
  } as const,
});

const CreateExportInputRef = builder.inputType('CreateExportInput', {
  description: 'The keys to export.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    match: t.string({
      required: true,
      description: 'A glob pattern of names, such as `session:*`. A grant must cover every key that it can match.',
    }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the pattern.' }),
    type: t.field({
      type: KeyTypeEnum,
      description: 'Only keys of this type. Without it, and for STREAM, the export requires `streams:read` too.',
    }),
    format: t.field({
      type: ExportFormatEnum,
      required: true,
      defaultValue: 'LOGICAL',
      description: 'How values are written.',
    }),
  }),
});

const CreateExportPayloadRef = payloadRef<CreatedExport>('CreateExportPayload').implement({
  description: 'The result of `createExport`.',
  fields: (t) => ({
    url: t.string({
      description:
        'The URL that streams the export by GET. It contains a secret and needs no other credentials: it works once, until `expiresAt`, ' +
        'in every process of this API. HEAD does not use it up. Relative to the URL of this endpoint if the request did not name its host.',
      resolve: ({ result }) => result?.url,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the URL stops working, a minute from now. An export that has started by then continues.',
      resolve: ({ result }) => result?.expiresAt,
    }),
  }),
});

builder.mutationField('createExport', (t) =>
  t.field({
    authScopes: { may: 'keys:read' },
    type: CreateExportPayloadRef,
    description:
      'A one-time URL that streams the keys of a pattern as JSON Lines, with their types and expiries. Nothing is read before the URL is ' +
      'used; the permissions of the caller are checked again then. Keys that this API uses for itself are not exported.',
    args: { input: t.arg({ type: CreateExportInputRef, required: true, description: 'The keys.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createExport(context, input)),
  }),
);
