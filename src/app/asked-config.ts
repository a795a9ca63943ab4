import { withoutPassword } from '../config/redact-passwords.js';
import type { RunConfig } from '../config/run-config.js';

/** A config that can be kept: passwords come from their usual places again. */
export function withoutPasswords(config: RunConfig): RunConfig {
  const [sourceUrl, targetUrl] = [withoutPassword(config.sourceUrl), withoutPassword(config.targetUrl)];
  return { ...config, sourceUrl, targetUrl };
}
