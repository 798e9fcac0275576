/** RFC 3339 writes years with four digits. */
const earliest = Date.parse('0000-01-01T00:00:00.000Z');
export const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** The time as a DateTime of the schema, or null if RFC 3339 cannot write it. */
export function dateTimeOf(unixMilliseconds: number): Date | null {
  return unixMilliseconds >= earliest && unixMilliseconds <= latest ? new Date(unixMilliseconds) : null;
}

/** The same where there has to be one: the first or last time that can be written stands for those beyond it. */
export function nearestDateTime(unixMilliseconds: number): Date {
  return new Date(Math.min(Math.max(unixMilliseconds, earliest), latest));
}
