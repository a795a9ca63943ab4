import { stringify } from 'yaml';
import { describeSetting, describeTableSetting } from './options/option-help.js';
import { FILE_OPTIONS, TABLE_SETTINGS } from './options/options.js';
import { isSecretParameter } from './redact-passwords.js';
import type { RunConfig } from './run-config.js';
import { editAroundHosts } from './url-hosts.js';

/** A config file to begin with, and the variables it takes passwords from. */
export interface ConfigTemplate {
  readonly text: string;
  readonly variables: readonly string[];
}

const HEADER = `# yaml-language-server: $schema=./node_modules/rowproof/schema/rowproof.schema.json
#
# Settings of rowproof verify; a flag of the same name wins. A line that begins with "# " and a key is an example:
# take the # away to use it. \${NAME} stands for a variable of the environment, \${NAME:-default} has a default, and
# $\${ is written for \${.
`;

/** Writes the two URLs with variables in the place of passwords, and every other setting as a comment. */
export function buildConfigTemplate({ sourceUrl, targetUrl }: UrlPair): ConfigTemplate {
  const source = withVariables(sourceUrl, 'SOURCE');
  const target = withVariables(targetUrl, 'TARGET');
  const values: Readonly<Record<string, string>> = { source: source.url, target: target.url };
  const blocks = FILE_OPTIONS.map((option) => {
    const about = `# ${describeSetting(option)}\n`;
    const value = values[option.name];
    if (value !== undefined) return `${about}${formatEntry(option.name, value)}`;
    if (option.kind.is === 'tableSettings') return `${about}${commentOut(tableExample())}`;
    return `${about}${commentOut(formatEntry(option.name, option.file.example))}`;
  });
  return { text: [HEADER, ...blocks].join('\n'), variables: [...source.variables, ...target.variables] };
}

type UrlPair = Pick<RunConfig, 'sourceUrl' | 'targetUrl'>;

function tableExample(): string {
  const settings = TABLE_SETTINGS.map(
    ({ name, form, option }) =>
      `    # ${describeTableSetting(option, form)}\n    ${formatEntry(name, form.example)}`,
  );
  return `tableSettings:\n  Orders:\n${settings.join('')}`;
}

function formatEntry(key: string, value: unknown): string {
  return stringify({ [key]: value }, { collectionStyle: 'flow', lineWidth: 0 })
    .trim()
    .replace(/^\{\s*(.*?)\s*\}$/s, '$1')
    .concat('\n');
}

function commentOut(text: string): string {
  return text.replace(/^(?=.)/gm, '# ');
}

function withVariables(url: string, side: string): { url: string; variables: string[] } {
  const marks = new Map<string, string>();
  const mark = (variable: string): string => {
    const word = `rowproofvariable${marks.size}${side.toLowerCase()}`;
    marks.set(word, variable);
    return word;
  };
  const edited = editAroundHosts(url, (parsed) => {
    if (parsed.password !== '') parsed.password = mark(`ROWPROOF_${side}_PASSWORD`);
    for (const name of new Set(parsed.searchParams.keys())) {
      if (!isSecretParameter(name)) continue;
      parsed.searchParams.set(name, mark(`ROWPROOF_${side}_${name.replace(/\W/g, '_').toUpperCase()}`));
    }
  });
  const variables = [...marks.values()];
  let written = (variables.length === 0 ? url : edited).replaceAll('${', () => '$${');
  for (const [word, variable] of marks) written = written.replace(word, () => `\${${variable}}`);
  return { url: written, variables };
}
