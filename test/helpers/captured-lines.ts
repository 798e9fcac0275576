/** Takes lines of JSON, as a log or an audit log writes them. */
export interface CapturedLines {
  /** As parsed. */
  readonly lines: readonly Record<string, any>[];
  readonly text: () => string;
  readonly write: (line: string) => void;
}

export function captureLines(): CapturedLines {
  const written: string[] = [];
  return {
    get lines() {
      return written.map((line) => JSON.parse(line) as Record<string, any>);
    },
    text: () => written.join(''),
    write: (line) => void written.push(line),
  };
}
