import type { Config } from '../config/config.js';
import { StartupError } from '../runtime/startup-error.js';
import { createAuditLog, openAuditFile, type AuditLog } from '../telemetry/audit-log.js';
import type { Logger } from '../telemetry/log.js';

/**
 * Opens the configured audit log.
 * @throws StartupError if its file cannot be opened
 */
export function openAudit({ auditLog }: Pick<Config, 'auditLog'>, log: Logger): AuditLog {
  if (auditLog === undefined) return createAuditLog(log);
  try {
    return openAuditFile(auditLog, log);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartupError(`The audit log ${auditLog} (auditLog) cannot be opened: ${reason}.`, { cause });
  }
}
