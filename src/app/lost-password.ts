import { withoutPassword } from '../config/redact-passwords.js';
import { type RunConfig, sidesOf } from '../config/run-config.js';
import { RowproofError } from '../core/errors.js';
import { isPasswordRefused } from '../engines/connect-failure.js';

const GIVE_AGAIN =
  'Passwords of the URLs and of the config file that it began with are not kept: give --source URL or --target URL again, with the password.';

/**
 * Adds to the refusal of a login how to give the password again, where what is asked was kept from an earlier command:
 * whoever wrote the password there looks for no fault in a password file.
 */
export function nameLostPassword(error: unknown, config: RunConfig): unknown {
  const lacksPassword = sidesOf(config).some(({ url }) => withoutPassword(url) === url);
  if (!(error instanceof RowproofError) || !lacksPassword || !isPasswordRefused(error)) return error;
  const { code, message, option, cause } = error;
  return new RowproofError({ code, message, hint: `${error.hint}\n${GIVE_AGAIN}`, option, cause });
}
