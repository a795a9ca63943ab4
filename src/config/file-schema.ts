import { z } from 'zod';
import { formOf } from './file-values.js';
import { describeSetting, describeTableSetting } from './options/option-help.js';
import { FILE_OPTIONS, TABLE_SETTINGS } from './options/options.js';
import type { FileSettings } from './options/setting-types.js';

/** The forms of settings by their names. */
type Shape = Readonly<Record<string, z.ZodType>>;

interface Described {
  readonly description: string;
  readonly example: unknown;
}

/** A setting that may be left out, with what an editor shows of it. */
function setting(form: z.ZodType, { description, example }: Described): z.ZodType {
  return form.optional().meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}

/** What a config file may say of one table, by the table's name on the source. */
export const TABLE_SHAPE: Shape = Object.fromEntries(
  TABLE_SETTINGS.map(({ name, form, option }) => {
    const description = describeTableSetting(option, form);
    return [name, setting(formOf(form.kind), { description, example: form.example })];
  }),
);

const SETTINGS_BY_TABLE = z.record(
  z.string(),
  z.strictObject(TABLE_SHAPE, { error: 'expected the settings of a table' }),
  { error: 'expected settings by the names of tables' },
);

/** What a config file may say for all tables. */
export const FILE_SHAPE: Shape = Object.fromEntries(
  FILE_OPTIONS.map((option) => {
    const form = option.kind.is === 'tableSettings' ? SETTINGS_BY_TABLE : formOf(option.kind);
    return [
      option.name,
      setting(form, { description: describeSetting(option), example: option.file.example }),
    ];
  }),
);

/**
 * A form that checks settings. What the compiler knows of their types is made of the same table of options, and
 * `test/config/options.test.ts` holds the two together.
 */
export type SettingsSchema = z.ZodType<FileSettings> & { readonly shape: Shape };

/** Makes the form of settings with these names and no others. */
export function schemaOf(shape: Shape, error: string): SettingsSchema {
  return z.strictObject(shape, { error }) as unknown as SettingsSchema;
}

/** What a config file may say. */
export const CONFIG_FILE = schemaOf(FILE_SHAPE, 'expected settings, one KEY: VALUE a line');
