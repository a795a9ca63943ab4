import type { Options } from 'yargs';

/** A flag with one value. */
export const text = (group: string, description: string): Options => ({
  group,
  description,
  type: 'string',
  requiresArg: true,
});

/** A flag with one value or several. */
export const list = (group: string, description: string): Options => ({
  group,
  description,
  type: 'string',
  array: true,
  requiresArg: true,
});

/** A flag without a value. */
export const flag = (group: string, description: string): Options => ({
  group,
  description,
  type: 'boolean',
});
