import type { PrincipalReference } from '../../domain/access/principal.js';
import type { ExportRequest } from '../../domain/key/key-export.js';
import type { ExportPiece } from '../valkey/values/export/export-keys.js';

/** Exports of keys. Each is prepared by one request and read by another, which may reach another process. */
export interface KeyExports {
  /** @throws ExpectedFailure PERMISSION_DENIED, OUT_OF_MEMORY, NOT_CONNECTED, NOT_FOUND; Outage */
  create(order: ExportOrder): Promise<ExportTicket>;
  /** Whether the token can still be used. */
  exists(token: string): Promise<boolean>;
  /** The export of a token, which is used up by this; null if the token is unknown, was used before, or has expired. */
  redeem(token: string): Promise<ExportOrder | null>;
  /** See `exportKeys`. */
  pieces(request: ExportRequest): Promise<AsyncGenerator<ExportPiece, void>>;
}

export interface ExportOrder {
  readonly request: ExportRequest;
  /** The caller who ordered the export. */
  readonly caller: PrincipalReference;
}

export interface ExportTicket {
  readonly token: string;
  readonly expiresAt: Date;
}
