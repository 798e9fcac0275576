import { invalidInput } from '../errors.js';

const longest = 100;
const word = String.raw`[A-Za-z\d._-]+`;
const pattern = new RegExp(`^(${word})(?:[| ](${word}))?$`);

/**
 * The name of a command, or of a subcommand such as `CONFIG|GET` or `CONFIG GET`, as COMMAND INFO reads it.
 * @throws ExpectedFailure INVALID_INPUT at `path`
 */
export function parseCommandName(text: string, path: readonly string[]): string {
  const [, command, subcommand] = (text.length <= longest ? pattern.exec(text) : null) ?? [];
  if (command !== undefined) return (subcommand === undefined ? command : `${command}|${subcommand}`).toLowerCase();
  throw invalidInput(
    `Expected the name of a command such as "HGETALL", "CONFIG GET" or "JSON.GET", at most ${longest} characters, got another text.`,
    path,
  );
}
