import { pino, symbols } from 'pino';
import type { Logger } from './log.js';

/** One field of a mutation: what was asked to be done to what, and how that ended. Names only, never values. */
export interface AuditedField {
  readonly field: string;
  /** As the input gave them, by its fields' names. */
  readonly target: Readonly<Record<string, string | readonly string[]>>;
  /** `unknown` where it may have taken effect or not. */
  readonly outcome: 'ok' | 'refused' | 'unknown';
  readonly codes?: readonly string[];
}

/** Who asked for it, and as what it is found in the other logs. */
interface AuditedRequest {
  readonly requestId: string;
  readonly principal: string;
  readonly transport: string;
  /** Of the client; left out if it is not known. */
  readonly address: string | undefined;
}

/** A record of all mutations, one line of JSON for each of their fields. */
export interface AuditLog extends AsyncDisposable {
  write(request: AuditedRequest, field: AuditedField): void;
  /** Opens the file anew: to be called when it has been moved away. */
  reopen(): void;
}

/** Where lines go; each ends with a line feed. */
export interface LineSink {
  write(line: string): unknown;
}

/** Lines among those of the log, known by their own logger name, where its level is `info` or lower. */
export function createAuditLog(log: Pick<Logger, 'isLevelEnabled'>, sink: LineSink = streamOf(log)): AuditLog {
  return {
    write(request, field) {
      if (log.isLevelEnabled('info')) sink.write(lineOf({ level: 30, ...entryOf(request, field) }));
    },
    reopen: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Where the log itself writes its lines. */
function streamOf(log: object): LineSink {
  const stream: unknown = Reflect.get(log, symbols.streamSym);
  if (isSink(stream)) return stream;
  throw new Error('Expected a logger of pino.');
}

function isSink(stream: unknown): stream is LineSink {
  return typeof stream === 'object' && stream !== null && 'write' in stream && typeof stream.write === 'function';
}

/**
 * Lines at the end of a file that only its owner may read, each written before its mutation is answered. SIGHUP opens the file
 * anew. What cannot be written is logged as an error; the mutation is answered all the same.
 * @throws the error of opening the file
 */
export function openAuditFile(path: string, log: Logger): AuditLog {
  const file = pino.destination({ dest: path, append: true, sync: true, mode: 0o600 });
  file.on('error', (error: unknown) => log.error({ err: error }, 'the audit log cannot be written'));
  const reopen = (): void => {
    try {
      file.reopen();
    } catch (error) {
      log.error({ err: error }, 'the audit log cannot be opened again');
    }
  };
  process.on('SIGHUP', reopen);
  let isClosed = false;
  return {
    write: (request, field) => void file.write(lineOf(entryOf(request, field))),
    reopen,
    [Symbol.asyncDispose]() {
      process.off('SIGHUP', reopen);
      if (!isClosed) file.end();
      isClosed = true;
      return Promise.resolve();
    },
  };
}

function entryOf(request: AuditedRequest, field: AuditedField): object {
  return { time: new Date().toISOString(), name: 'cachegraph.audit', ...request, ...field };
}

/** DEL and C1 controls, line and paragraph separators, and what turns the direction of text: JSON lets them stand as they are. */
const odd = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line whatever the names hold: no terminal and no reader sees another line in it. */
function lineOf(entry: object): string {
  const escaped = JSON.stringify(entry).replace(
    odd,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}
