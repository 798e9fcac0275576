/** Captures lines of JSON, such as those of the log and the audit log. */
export interface CapturedLines {
  /** As parsed. */
  readonly lines: readonly Record<string, any>[];
  readonly text: () => string;
  readonly write: (line: string) => void;
  /** Forgets all lines so far. */
  readonly clear: () => void;
}

export function captureLines(): CapturedLines {
  const written: string[] = [];
  return {
    get lines() {
      return written.map((line) => JSON.parse(line) as Record<string, any>);
    },
    text: () => written.join(''),
    write: (line) => void written.push(line),
    clear: () => void written.splice(0),
  };
}
