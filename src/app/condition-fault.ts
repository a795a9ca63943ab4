import { visibleName } from '../words/visible-text.js';

/** What a server said of a statement that holds a condition of the user's. */
interface RefusedCondition {
  readonly condition: string;
  /** The statement that it was parsed in. */
  readonly statement: string;
  readonly message: string;
}

const NEAR = /^(.*\bnear )(["'])(.*)\2( at line (\d+))?$/s;
const MOST_SHOWN = 200;
/** How MySQL and MariaDB begin. */
const MANUAL = /^You have an error in your SQL syntax; .* to use near $/;
/** Where in our statement the condition stands, which is not where the user wrote it. */
const OUR_CLAUSE = / in '(?:field list|SELECT)'$/;

/**
 * Says in the user's terms why a condition is none: the condition itself, and what the server says of it without the words of
 * our own that stand around it in the statement.
 */
export function explainCondition({ condition, statement, message }: RefusedCondition): string {
  const shown = condition.length > MOST_SHOWN ? `${condition.slice(0, MOST_SHOWN)}…` : condition;
  return `"${visibleName(shown)}": ${withoutOurWords({ condition, statement, message })}`;
}

function withoutOurWords({ condition, statement, message }: RefusedCondition): string {
  const sentence = message.trim().replace(/\.$/, '').replace(OUR_CLAUSE, '');
  const [, said = '', quote = '', near = '', , line] = NEAR.exec(sentence) ?? [];
  if (said === '') return sentence;
  const behind = statement.slice(statement.indexOf(condition) + condition.length).trim();
  const [firstWord = ''] = behind.split(/\s/);
  const isOurs = near.trim() !== '' && behind.startsWith(near.trim());
  if (isOurs && !condition.includes(near.trim())) return `it ends where more was expected`;
  const own = near.includes(`\n${firstWord}`) ? near.slice(0, near.indexOf(`\n${firstWord}`)) : near;
  // Our statement has a line of its own before the condition.
  const place = line === undefined ? '' : ` at line ${Math.max(1, Number(line) - 1)}`;
  return `${said.replace(MANUAL, 'syntax error near ')}${quote}${own}${quote}${place}`;
}
