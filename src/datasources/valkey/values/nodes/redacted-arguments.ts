const redacted = '(redacted)';

/** Names of settings whose values may be secrets, as part of CONFIG SET. */
const secretSetting = /pass|auth|secret|key/i;

/**
 * Hides passwords in the arguments of a command. Valkey does so itself for commands that it accepts, but its slow log shows them if the
 * command is refused for its form, e.g. `AUTH user password more` or `HELLO 9 AUTH user password`.
 */
export function redactArguments(args: readonly string[]): readonly string[] {
  const [command = '', second = ''] = args.map((arg) => arg.toUpperCase());
  switch (command) {
    case 'AUTH':
      return hide(args, (index) => index >= 1);
    case 'ACL':
      if (second === 'DRYRUN') return redactFrom(args, 3);
      return second === 'SETUSER' || second === 'DELUSER' ? hide(args, (index) => index >= 2) : args;
    case 'COMMAND':
      return second.startsWith('GETKEYS') ? redactFrom(args, 2) : args;
    case 'CONFIG':
      return second === 'SET' ? hide(args, (index) => index % 2 === 1 && isSecretSetting(args[index - 1])) : args;
    case 'HELLO':
    case 'MIGRATE':
      return hideCredentials(args);
    default:
      return args;
  }
}

/** Hides the passwords of the command that begins at this argument: Valkey hides none in a command that it does not execute. */
function redactFrom(args: readonly string[], first: number): readonly string[] {
  return [...args.slice(0, first), ...redactArguments(args.slice(first))];
}

/** `AUTH` and `AUTH2` are followed by a user name, a password or both. The name of an option may follow too. */
function hideCredentials(args: readonly string[]): readonly string[] {
  const at = args.findIndex((arg, index) => index > 0 && /^AUTH2?$/i.test(arg));
  return at < 0 ? args : hide(args, (index) => index === at + 1 || index === at + 2);
}

function isSecretSetting(name: string | undefined): boolean {
  return name !== undefined && secretSetting.test(name);
}

/** Valkey's own note about arguments that it left out is no argument. */
function hide(args: readonly string[], isSecret: (index: number) => boolean): readonly string[] {
  return args.map((arg, index) => (isSecret(index) && !/^\.\.\. \(\d+ more arguments\)$/.test(arg) ? redacted : arg));
}
