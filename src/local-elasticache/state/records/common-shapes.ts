import * as z from 'zod';

/** A time in ISO 8601, e.g. `2026-01-31T12:00:00.000Z`. */
export const timeShape = z.iso.datetime();

/** An engine as ElastiCache's actions name it. */
export const engineShape = z.enum(['VALKEY', 'REDIS']);
