import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openAdmin, type Admin, type Reply } from './admin.js';
import type { ValkeyBinary } from './interfaces.js';
import type { NodeCredentials } from './config.js';
import type { NodeAddress } from './interfaces.js';
import { launch, type ServerProcess } from './process/server-process.js';
import { removeScratchFiles } from './scratch-files.js';
import { receiveRdb } from './snapshots/receive-rdb.js';

/** One Valkey process, which may be restarted in its directory and on its port. */
export interface ManagedNode extends NodeAddress {
  readonly id: string;
  /** The directory of its data. */
  readonly directory: string;
  /**
   * Starts the process. Resolves when it answers with its data loaded, to a promise of how it ends.
   * @throws NodeFailed if it ends before, or makes no progress; then it has been stopped
   */
  start(signal: AbortSignal, options?: StartOptions): Promise<{ readonly ended: Promise<string> }>;
  isRunning(): boolean;
  /** The process ID while it runs. */
  processId(): number | undefined;
  /** Writes the node's data to a file in RDB format, and resolves to its size. */
  saveRdb(file: string, signal: AbortSignal): Promise<number>;
  /** Runs a command as the endpoint's administrator. */
  command(...args: readonly string[]): Promise<Reply>;
  kill(): void;
  /** Stops the process, if there is one. @returns whether it was running and ended cleanly, with its data written */
  stop(): Promise<boolean>;
}

interface StartOptions {
  /** Whether Valkey removes an incomplete change at the end of its data, rather than refuse to start; default true. */
  readonly allowTruncatedData?: boolean;
}

export interface NodeOptions extends NodeAddress {
  readonly id: string;
  readonly directory: string;
  readonly binary: ValkeyBinary;
  readonly administrator: NodeCredentials;
  /** PEM of the certificate authority, if the node uses TLS. */
  readonly ca: string | undefined;
  /** The complete valkey.conf for the next start. */
  config(this: void): string;
  /**
   * How long the process may take to answer at its start, and to load its data without progress, in milliseconds; default a minute.
   * There is no limit for large data that are being loaded.
   */
  readonly stallLimitMs?: number | undefined;
}

/** Valkey's log lines before it exits because its files are invalid. Other lines name the files too, e.g. "Reading RDB …". */
const unreadable = new RegExp(
  [
    'reading the append only file',
    'AOF loading aborted',
    'Unable to obtain the AOF file',
    'FATAL AOF MANIFEST FILE ERROR',
    "can't open the (AOF manifest|append log|RDB) file",
    'the truncated file is not the last file',
    'Short read or OOM loading DB',
    'Terminating server after rdb file reading failure',
    'Internal error in RDB reading',
  ].join('|'),
);
/** Failures of the disk or the system rather than of the files. */
const systemError = /No space left|Permission denied|Read-only|Input\/output error|Too many open/;

/** A node's process ended, or did not answer, before it was usable. The message contains the last lines of its log. */
export class NodeFailed extends Error {
  override readonly name = 'NodeFailed';

  /**
   * @param how how its process ended; undefined if it was running but did not answer, which `cause` explains
   * @param stall the sentence that says how a running process made no progress
   */
  constructor(
    message: string,
    private readonly how: string | undefined,
    cause?: unknown,
    readonly stall?: string,
  ) {
    super(message, { cause });
  }

  get portInUse(): boolean {
    return this.message.includes('Address already in use');
  }

  /** Whether its files exist and are invalid. If the node was killed while loading, nothing is known about them. */
  get dataUnreadable(): boolean {
    const hasExited = this.how?.startsWith('exit code') === true;
    return hasExited && unreadable.test(this.message) && !systemError.test(this.message);
  }
}

const logLimit = 1024 * 1024;
const tailSize = 64 * 1024;
const pollMs = 15;
const progressPollMs = 200;
const defaultStallLimitMs = 60_000;

export function createNode(options: NodeOptions): ManagedNode {
  const { id, host, port, directory, binary, administrator, ca, config } = options;
  const { stallLimitMs = defaultStallLimitMs } = options;
  const logFile = join(directory, 'valkey.log');
  let server: ServerProcess | undefined;
  let admin: Admin | undefined;
  const isRunning = (): boolean => server?.isRunning() ?? false;
  const connection = async (): Promise<Admin> => {
    if (!admin?.isOpen()) admin = await openAdmin({ host, port, ca, ...administrator });
    return admin;
  };

  async function start(
    signal: AbortSignal,
    { allowTruncatedData = true }: StartOptions = {},
  ): Promise<{ ended: Promise<string> }> {
    const logStart = await rotate(logFile);
    await removeScratchFiles(directory);
    signal.throwIfAborted();
    admin?.close();
    const input = `${config()}aof-load-truncated ${allowTruncatedData ? 'yes' : 'no'}\n`;
    const started = await launch({ binary, directory, args: ['-'], input, logFile });
    server = started;
    const failed = async (cause: unknown, stall?: string): Promise<NodeFailed> => {
      const how = started.isRunning() ? undefined : await started.exited;
      const log = await endOfLog(logFile, logStart, administrator.password);
      const reason = stall === undefined ? '' : ` ${stall}`;
      return new NodeFailed(`Node ${id} did not start.${reason} Its log (${logFile}) ends:\n${log}`, how, cause, stall);
    };
    try {
      let [loaded, progressAt] = [-1, performance.now()];
      for (;;) {
        const { state, cause } = await stateOf(connection);
        if (state === 'ready') return { ended: started.exited };
        if (!started.isRunning()) throw await failed(undefined);
        const now = state === 'loading' ? await loadedBytes(connection) : loaded;
        if (now > loaded) [loaded, progressAt] = [now, performance.now()];
        else if (performance.now() - progressAt > stallLimitMs) {
          throw await failed(cause, describeStall(state, loaded, stallLimitMs));
        }
        await delay(state === 'loading' ? progressPollMs : pollMs, undefined, { signal });
      }
    } catch (cause) {
      await started.stop(0);
      throw cause;
    }
  }

  let starting: Promise<unknown> = Promise.resolve();
  return {
    id,
    host,
    port,
    directory,
    isRunning,
    processId: () => (isRunning() ? server?.pid : undefined),
    start(signal, startOptions) {
      const started = start(signal, startOptions);
      starting = started.catch(() => undefined);
      return started;
    },
    saveRdb: (file, signal) => receiveRdb({ host, port, ca, ...administrator }, file, signal),
    async command(...args) {
      if (!isRunning()) throw new Error(`Node ${id} is not running.`);
      return (await connection()).command(...args);
    },
    kill: () => server?.signal('SIGKILL'),
    async stop() {
      // A start in progress ends by the caller's signal; before that, its process may not exist yet.
      await starting;
      admin?.close();
      const wasRunning = isRunning();
      await server?.stop();
      return wasRunning && (await server?.exited) === 'exit code 0';
    },
  };
}

/** The bytes of its data that a process has loaded; -1 if it does not say, or ends meanwhile. */
async function loadedBytes(connection: () => Promise<Admin>): Promise<number> {
  const info = await connection()
    .then((admin) => admin.command('INFO', 'persistence'))
    .catch(() => '');
  return Number(/^loading_loaded_bytes:(\d+)/m.exec(String(info))?.[1] ?? -1);
}

/** Why a start is given up. */
function describeStall(state: NodeStart, loaded: number, limitMs: number): string {
  const progress = state === 'loading' ? `loaded nothing more after ${Math.max(0, loaded)} bytes` : 'did not answer';
  return `It ${progress} for ${limitMs} ms.`;
}

async function stateOf(connection: () => Promise<Admin>): Promise<{ state: NodeStart; cause?: unknown }> {
  try {
    await (await connection()).command('PING');
    return { state: 'ready' };
  } catch (cause) {
    return { state: cause instanceof Error && cause.message.startsWith('LOADING') ? 'loading' : 'silent', cause };
  }
}

type NodeStart = 'ready' | 'loading' | 'silent';

/** Keeps one older log of a node. Returns the length of the current log. */
async function rotate(logFile: string): Promise<number> {
  const length = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (length < logLimit) return length;
  await rename(logFile, `${logFile}.1`);
  return 0;
}

/** The last lines of the log, without secrets. */
async function endOfLog(logFile: string, from: number, secret: string): Promise<string> {
  const log = await open(logFile, 'r');
  try {
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read(Buffer.alloc(tailSize), 0, tailSize, Math.max(from, size - tailSize));
    const text = buffer.toString('utf8', 0, bytesRead).replaceAll(secret, '…');
    // Valkey logs a refused line of the configuration, with the hashes of a user's passwords.
    const lines = text
      .replace(/#[0-9a-f]{64}/gi, '#…')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return lines.slice(-6).join('\n');
  } finally {
    await log.close();
  }
}
