import type { KeyType } from './key.js';

/** `LOGICAL` writes values as text, `DUMP` as Valkey's own serialization for RESTORE. */
export const exportFormats = ['LOGICAL', 'DUMP'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The keys of an export. */
export interface ExportRequest {
  readonly cluster: string;
  readonly match: Buffer;
  readonly type: KeyType | undefined;
  readonly format: ExportFormat;
}
