/** What an error says, for an event. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
