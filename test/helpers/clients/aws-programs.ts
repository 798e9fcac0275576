import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { keepWritten } from '../run/written.js';

/** The output of a program that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a client that uses a local endpoint, and nothing that this machine has configured for AWS. */
export function clientEnvironment(url: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ENDPOINT_URL_ELASTICACHE: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_DEFAULT_OUTPUT: 'json',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** Runs a program to its end. */
export async function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  const program = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    program[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const [code] = (await once(program, 'close')) as [number | null];
  keepWritten('output', output.stdout + output.stderr);
  return { code, ...output };
}

/** @throws an error that says what is missing on this machine */
export async function requirePrograms(): Promise<void> {
  const needed = [
    ['aws', ['--version'], 'the AWS CLI as `aws` on the PATH'],
    ['python3', ['-c', 'import boto3'], 'a `python3` on the PATH that can import boto3'],
  ] as const;
  const missing: string[] = [];
  for (const [command, args, what] of needed) {
    const { code } = await runProgram(command, args).catch(() => ({ code: null }));
    if (code !== 0) missing.push(what);
  }
  if (missing.length > 0) throw new Error(`npm run test:clients requires ${missing.join(' and ')}.`);
}

/** The AWS CLI for ElastiCache at a local endpoint. */
export interface AwsCli {
  /** Runs a command, which must succeed, and returns its answer; undefined if it has none. */
  run(command: string, ...args: string[]): Promise<any>;
  /** Runs a command that must be refused, and returns the code of the error. */
  refused(command: string, ...args: string[]): Promise<string>;
}

export function awsCli(url: string): AwsCli {
  const env = clientEnvironment(url);
  const elasticache = (args: readonly string[]) => runProgram('aws', ['elasticache', ...args], env);
  return {
    async run(...args) {
      const { code, stdout, stderr } = await elasticache(args);
      if (code !== 0) throw new Error(`aws elasticache ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout === '' ? undefined : JSON.parse(stdout);
    },
    async refused(...args) {
      const { code, stderr } = await elasticache(args);
      const [, name] = /An error occurred \((\w+)\) when calling the \w+ operation: \S/.exec(stderr) ?? [];
      if (code === 0 || name === undefined) {
        throw new Error(`Expected a refusal of ${args.join(' ')}, which ended with ${code}: ${stderr}`);
      }
      return name;
    },
  };
}
