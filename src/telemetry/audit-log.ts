import { pino } from 'pino';
import { streamOf, type LineSink } from '../interop/pino-stream.js';
import type { Logger } from './log.js';

/** One field of a mutation: the requested change and its outcome. Contains names only, never values. */
export interface AuditedField {
  readonly field: string;
  /** Names from the input, by the names of their input fields. */
  readonly target: Readonly<Record<string, string | readonly string[]>>;
  /** `unknown` if the mutation may or may not have taken effect. */
  readonly outcome: 'ok' | 'refused' | 'unknown';
  readonly codes?: readonly string[];
}

/** The request and its caller, by the identifiers that the other logs use. */
interface AuditedRequest {
  readonly requestId: string;
  readonly principal: string;
  readonly transport: string;
  /** The client's address; omitted if unknown. */
  readonly address: string | undefined;
}

/** A record of all mutations: one line of JSON for each field. */
export interface AuditLog extends AsyncDisposable {
  write(request: AuditedRequest, field: AuditedField): void;
  /** Opens the file again, after it was moved away by log rotation. */
  reopen(): void;
}

/** Writes audit lines into the log, under their own logger name, if the level is `info` or lower. */
export function createAuditLog(log: Pick<Logger, 'isLevelEnabled'>, sink: LineSink = streamOf(log)): AuditLog {
  return {
    write(request, field) {
      if (log.isLevelEnabled('info')) sink.write(lineOf({ level: 30, ...entryOf(request, field) }));
    },
    reopen: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * Appends audit lines to a file that only its owner may read. Each line is written before the mutation is answered.
 * SIGHUP opens the file again. A failed write is logged as an error and does not fail the mutation.
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

/** DEL, C1 controls, line and paragraph separators and bidirectional controls, which JSON does not escape. */
const odd = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Escapes the entry so that no terminal and no reader sees more than one line, whatever the names contain. */
function lineOf(entry: object): string {
  const escaped = JSON.stringify(entry).replace(
    odd,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}
