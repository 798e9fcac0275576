/** What an error says, for an event. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
