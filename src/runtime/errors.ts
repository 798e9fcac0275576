/** A thrown value as an error, which JavaScript does not require it to be. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The message of an error, for an event. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
