/**
 * Who may read the schema: every caller that the server admits, callers with `server:read`, or nobody. Names that error
 * messages suggest and GraphiQL's starter operations reveal parts of the schema, so they follow the same setting.
 */
export const introspectionSettings = ['everyone', 'permitted', 'none'] as const;
export type IntrospectionSetting = (typeof introspectionSettings)[number];
