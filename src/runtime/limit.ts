/** A number that the configuration may set, with everything that is known about it. */
export interface Limit {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** The unit of the number; the documentation shows bytes as MiB and milliseconds as seconds. */
  readonly unit: 'count' | 'bytes' | 'milliseconds';
  /** For the documentation: one table cell in Markdown. */
  readonly description: string;
}

/**
 * Limits by their names in the configuration. A table is the only place where a limit is declared: its type (`Limits`), default
 * (`defaultsOf`), validation (config/limits/limits-schema.ts) and documentation (docs/configuration.md) follow from it.
 */
export type LimitTable = Readonly<Record<string, Limit>>;

/** The numbers of a table that are in force. */
export type Limits<Table extends LimitTable> = { readonly [Name in keyof Table]: number };

type Range = Pick<Limit, 'min' | 'max'>;
const limitOf =
  (unit: Limit['unit'], range: Range) =>
  (value: number, description: string, bounds: Partial<Range> = {}): Limit => ({
    ...range,
    ...bounds,
    default: value,
    unit,
    description,
  });

export const count = limitOf('count', { min: 1, max: 1_000_000_000 });
export const bytes = limitOf('bytes', { min: 1_024, max: 1_073_741_824 });
export const milliseconds = limitOf('milliseconds', { min: 1, max: 86_400_000 });

/** Maps each limit of a table, keeping the names. */
export function mapLimits<Table extends LimitTable, Value>(
  table: Table,
  map: (limit: Limit) => Value,
): { readonly [Name in keyof Table]: Value } {
  const entries = Object.entries(table).map(([name, limit]) => [name, map(limit)] as const);
  // `Object.fromEntries` forgets the names.
  return Object.fromEntries(entries) as { [Name in keyof Table]: Value };
}

export function defaultsOf<Table extends LimitTable>(table: Table): Limits<Table> {
  return mapLimits(table, (limit) => limit.default);
}
