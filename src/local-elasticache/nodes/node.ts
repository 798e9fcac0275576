import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openAdmin, type Admin, type Reply } from './admin.js';
import type { ValkeyBinary, NodeAddress } from './interfaces.js';
import type { NodeCredentials } from './config.js';
import { launch, type ServerProcess } from './process/server-process.js';

/** One Valkey process, which may be started again and again in its directory and on its port. */
export interface ManagedNode extends NodeAddress {
  readonly id: string;
  /** Where it keeps its data. */
  readonly directory: string;
  /**
   * Starts the process and resolves when it answers, its data loaded; with a promise of how it ends.
   * @throws NodeFailed where it ends before.
   */
  start(signal: AbortSignal, options?: StartOptions): Promise<{ readonly ended: Promise<string> }>;
  isRunning(): boolean;
  /** Of its process, while that runs. */
  processId(): number | undefined;
  /** Runs a command as the endpoint's administrator. */
  command(...args: readonly string[]): Promise<Reply>;
  kill(): void;
  /** Ends the process, if there is one. @returns whether it was running and has ended in order, its data written */
  stop(): Promise<boolean>;
}

interface StartOptions {
  /** Whether Valkey cuts off a change at the end of its data that is incomplete, rather than refuse to start; default true. */
  readonly allowTruncatedData?: boolean;
}

export interface NodeOptions extends NodeAddress {
  readonly id: string;
  readonly directory: string;
  readonly binary: ValkeyBinary;
  readonly administrator: NodeCredentials;
  /** PEM of the certificate authority, where the node speaks TLS. */
  readonly ca: string | undefined;
  /** The whole valkey.conf. */
  readonly config: string;
}

/** Valkey's log lines before it exits because its files make no sense. Other lines name the files too, e.g. "Reading RDB …". */
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
/** The disk or the system failed, not the files. */
const systemError = /No space left|Permission denied|Read-only|Input\/output error|Too many open/;

/** A node's process ended, or did not answer, before it could be used. The message has the last lines of its log. */
export class NodeFailed extends Error {
  override readonly name = 'NodeFailed';

  /** @param how how its process ended; undefined if it was running but did not answer */
  constructor(
    message: string,
    private readonly how: string | undefined,
  ) {
    super(message);
  }

  get portTaken(): boolean {
    return this.message.includes('Address already in use');
  }

  /** Whether its files exist and make no sense. A node that was killed while it loaded them says nothing about them. */
  get dataUnreadable(): boolean {
    const hasExited = this.how?.startsWith('exit code') === true;
    return hasExited && unreadable.test(this.message) && !systemError.test(this.message);
  }
}

const logLimit = 1024 * 1024;
const tailSize = 64 * 1024;
const pollMs = 15;
const silenceMs = 60_000;

export function createNode(options: NodeOptions): ManagedNode {
  const { id, host, port, directory, binary, administrator, ca, config } = options;
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
    signal.throwIfAborted();
    admin?.close();
    const input = `${config}aof-load-truncated ${allowTruncatedData ? 'yes' : 'no'}\n`;
    const started = await launch({ binary, directory, args: ['-'], input, logFile });
    server = started;
    const failed = async (): Promise<NodeFailed> => {
      const how = started.isRunning() ? undefined : await started.exited;
      return new NodeFailed(await lastOutput(id, logFile, logStart, administrator.password), how);
    };
    try {
      const deadline = performance.now() + silenceMs;
      for (;;) {
        const state = await stateOf(connection);
        if (state === 'ready') return { ended: started.exited };
        if (!started.isRunning()) throw await failed();
        if (state === 'silent' && performance.now() > deadline) throw await failed();
        await delay(pollMs, undefined, { signal });
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
    async command(...args) {
      if (!isRunning()) throw new Error(`Node ${id} is not running.`);
      return (await connection()).command(...args);
    },
    kill: () => server?.signal('SIGKILL'),
    async stop() {
      // One that is being started ends by its signal; until then there may be a process yet to come.
      await starting;
      admin?.close();
      const wasRunning = isRunning();
      await server?.stop();
      return wasRunning && (await server?.exited) === 'exit code 0';
    },
  };
}

/** Loading can take as long as it takes; a node that says nothing at all does not. */
async function stateOf(connection: () => Promise<Admin>): Promise<'ready' | 'loading' | 'silent'> {
  try {
    await (await connection()).command('PING');
    return 'ready';
  } catch (cause) {
    return cause instanceof Error && cause.message.startsWith('LOADING') ? 'loading' : 'silent';
  }
}

/** Keeps one older log of a node; answers how long the current one is. */
async function rotate(logFile: string): Promise<number> {
  const length = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (length < logLimit) return length;
  await rename(logFile, `${logFile}.1`);
  return 0;
}

async function lastOutput(id: string, logFile: string, from: number, secret: string): Promise<string> {
  const log = await open(logFile, 'r');
  try {
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read(Buffer.alloc(tailSize), 0, tailSize, Math.max(from, size - tailSize));
    const text = buffer.toString('utf8', 0, bytesRead).replaceAll(secret, '…');
    // A line of the configuration that was refused is repeated in the log, with the hashes of a user's passwords.
    const lines = text
      .replace(/#[0-9a-f]{64}/gi, '#…')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return `Node ${id} did not start. Its log (${logFile}) ends:\n${lines.slice(-6).join('\n')}`;
  } finally {
    await log.close();
  }
}
