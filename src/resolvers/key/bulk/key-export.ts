import type { ExportTicket } from '../../../datasources/exports/interfaces.js';
import type { Encoding } from '../../../domain/encoding.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { ExportFormat, ExportRequest } from '../../../domain/key/key-export.js';
import type { KeyType } from '../../../domain/key/key.js';
import { requirePermission, type PermissionContext } from '../../shared/access.js';
import { commandsFor, withPath } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';

export interface CreateExportInput {
  readonly cluster: string;
  readonly match: string;
  readonly encoding: Encoding;
  readonly type?: KeyType | null | undefined;
  readonly format: ExportFormat;
}

export interface CreatedExport extends ExportTicket {
  readonly url: string;
}

/** The path of exports, relative to the URL below which clients reach the API. */
export const exportPath = 'export/';

export async function createExport(context: Context, input: CreateExportInput): Promise<CreatedExport> {
  const { cluster, type, format } = input;
  const match = context.patterns.read(input.match, input.encoding, ['input', 'match']);
  const request = { cluster, match, type: type ?? undefined, format };
  requireExport(context, request);
  const { reference } = context.principal;
  if (!reference) throw new ExpectedFailure('NOT_SUPPORTED', 'Exports are not possible with these credentials.');
  await commandsFor(context, cluster);
  try {
    const ticket = await context.exports.create({ request, caller: reference });
    return { ...ticket, url: `${context.baseUrl ?? ''}${exportPath}${ticket.token}` };
  } catch (error) {
    throw withPath(error, ['input', 'cluster']);
  }
}

/** Requires the permission for all keys that can match, because an export never skips keys silently. @throws Outage FORBIDDEN */
export function requireExport(context: PermissionContext, { cluster, match, type }: ExportRequest): void {
  requirePermission(context, 'keys:read', { cluster, keyPattern: match });
  // `keys:read` does not include the entries of streams.
  if (type === undefined || type === 'STREAM') {
    requirePermission(context, 'streams:read', { cluster, keyPattern: match });
  }
}
