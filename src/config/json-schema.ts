import { z } from 'zod';
import { CONFIG_FILE } from './file-schema.js';

/** The JSON Schema of the config file, by which an editor completes and checks it. Made from what the loader checks. */
export function formatJsonSchema(): string {
  const schema = z.toJSONSchema(CONFIG_FILE, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title: 'Rowproof config file', ...schema }, null, 2)}\n`;
}
