/** The report of a soak test, line by line. An unmet check makes the process fail. */
export interface Report {
  say(this: void, text: string): void;
  /** E.g. `check('tails', '0 lost', true)`. */
  check(this: void, name: string, found: string, isMet: boolean): void;
  /** Sets the exit code. */
  finish(this: void): void;
}

export function createReport(): Report {
  const broken: string[] = [];
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    say,
    check(name, found, isMet) {
      if (!isMet) broken.push(name);
      say(`${name.padEnd(22)} ${found}${isMet ? '' : '  <- NOT met'}`);
    },
    finish() {
      say(broken.length === 0 ? 'met' : `NOT met: ${broken.join(', ')}`);
      process.exitCode = broken.length === 0 ? 0 : 1;
    },
  };
}

/** The first few unexpected items, for one line of the report. */
export function listed(found: readonly unknown[]): string {
  const few = found.slice(0, 3).map((each) => (each instanceof Error ? String(each) : JSON.stringify(each)));
  return found.length === 0 ? 'none' : `${found.length}, e.g. ${few.join(' | ')}`;
}
