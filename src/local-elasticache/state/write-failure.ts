import { errorMessage } from '../../runtime/errors.js';

/** Explanations of failed writes, by the code of the operating system. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full (ENOSPC). Free some space and try again.',
  EDQUOT: 'The disk quota is used up (EDQUOT). Free some space and try again.',
  EFBIG: 'The file may not become larger (EFBIG). Raise the limit on file sizes and try again.',
  EROFS: 'The file system is read-only (EROFS). Make it writable and try again.',
  EACCES: 'Permission to write was denied (EACCES). Make the data directory writable for this user and try again.',
  EPERM: 'Permission to write was denied (EPERM). Make the data directory writable for this user and try again.',
};

/** Explains why a file could not be written and what to do. The path is omitted, because callers of the API read this. */
export function writeFailure(cause: unknown): string {
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'an unknown error';
  return reasons[code] ?? `The disk could not be written (${code}).`;
}

/** Calls of the operating system on open files, whose errors have no path. */
const callsOnOpenFiles = new Set(['write', 'fsync', 'fdatasync', 'ftruncate']);

/** The reason of a failure, for an event. Failures of files are explained without their paths. */
export function failureReason(cause: unknown): string {
  const call = cause instanceof Error && 'syscall' in cause ? String(cause.syscall) : '';
  const isOfPath = cause instanceof Error && 'path' in cause && !call.startsWith('spawn');
  return isOfPath || callsOnOpenFiles.has(call) ? writeFailure(cause) : errorMessage(cause);
}
