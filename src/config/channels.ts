import * as z from 'zod';
import { noChannelSettings } from '../domain/realtime/channel-rules.js';

const ruleShape = {
  /** Undefined for all clusters. */
  cluster: z.string().min(1).optional(),
  pattern: z.string().min(1),
};
const historyRule = z.strictObject({
  ...ruleShape,
  maxMessages: z.number().int().min(1).max(10_000).default(100),
  maxAgeSeconds: z.number().int().min(1).max(31_536_000).optional(),
});

/** The `channels` of the configuration: history and presence of channels, stored in the clusters themselves. */
export const channelsSchema = z.strictObject({
  // Braces would put all keys into one hash slot.
  keyPrefix: z
    .string()
    .regex(/^[^{}\s]{1,64}$/, 'expected 1 to 64 characters without braces and spaces')
    .default(noChannelSettings.keyPrefix),
  history: z.array(historyRule).default([]),
  presence: z.array(z.strictObject(ruleShape)).default([]),
  presenceTimeoutSeconds: z.number().min(1).max(300).default(noChannelSettings.presenceTimeoutSeconds),
});

/** Replaces the patterns of the file by those of a flag or the environment. */
export function withPatterns(
  channels: unknown,
  patterns: { readonly history?: readonly string[] | undefined; readonly presence?: readonly string[] | undefined },
): unknown {
  const given = Object.entries(patterns).flatMap(([name, list]) =>
    list ? [[name, list.map((pattern) => ({ pattern }))] as const] : [],
  );
  if (given.length === 0) return channels;
  return { ...(typeof channels === 'object' ? channels : {}), ...Object.fromEntries(given) };
}
