/**
 * The callers that may read the schema: every admitted caller, those with `server:read`, or none. Error messages that suggest
 * names, and GraphiQL's starter operations, reveal parts of the schema and follow the same setting.
 */
export const introspectionSettings = ['everyone', 'permitted', 'none'] as const;
export type IntrospectionSetting = (typeof introspectionSettings)[number];
