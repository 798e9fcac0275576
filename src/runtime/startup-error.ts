/** Something that stops the start and that whoever started it can mend: printed without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
