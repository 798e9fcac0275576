/** RFC 3339 writes years with four digits. */
const earliest = Date.parse('0000-01-01T00:00:00.000Z');
export const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** Converts to a DateTime of the schema; null if RFC 3339 cannot represent the time. */
export function dateTimeOf(unixMilliseconds: number): Date | null {
  return unixMilliseconds >= earliest && unixMilliseconds <= latest ? new Date(unixMilliseconds) : null;
}

/** As `dateTimeOf`, for fields that are never null: times out of range become the first or last possible one. */
export function nearestDateTime(unixMilliseconds: number): Date {
  return new Date(Math.min(Math.max(unixMilliseconds, earliest), latest));
}
