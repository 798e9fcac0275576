/** An error that the user can fix and that prevents the start. It is printed without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
