import { StartupError } from '../runtime/startup-error.js';

/** Node.js decodes each byte of an argument or variable that is not UTF-8 as this character. */
const replacement = '\uFFFD';
/** Variables that this program and its libraries read. */
const ours = /^(?:HOST|PORT|LOG_LEVEL|(?:CACHEGRAPH|AWS|OTEL)_.*)$/;

/**
 * Rejects arguments and variables that are not UTF-8: a pattern or path would silently differ from the given one.
 * @throws StartupError that names each of them and repeats none
 */
export function requireUtf8(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const faulty = [
    ...args.flatMap((arg, at) => (arg.includes(replacement) ? [nameOf(args, at)] : [])),
    ...Object.entries(env).flatMap(([name, value]) => (ours.test(name) && !isUtf8Text(value) ? [name] : [])),
  ];
  if (faulty.length === 0) return;
  const faults = [...new Set(faulty)].map((name) => `${name} is not valid UTF-8, or contains the character U+FFFD.`);
  throw new StartupError(`The command line and the environment must be UTF-8.\n  ${faults.join('\n  ')}`);
}

/** Tests whether the value was UTF-8, as far as Node.js preserves that. */
export function isUtf8Text(value = ''): boolean {
  return !value.includes(replacement);
}

/** Returns the flag that an argument belongs to, or its position. */
function nameOf(args: readonly string[], at: number): string {
  const flag = args
    .slice(0, at + 1)
    .findLast((arg) => arg.startsWith('--'))
    ?.split('=')[0];
  return flag === undefined || !isUtf8Text(flag) ? `Argument ${at + 1}` : flag;
}
