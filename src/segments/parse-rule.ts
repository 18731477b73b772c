import type { z } from 'zod';
import { type FieldError, LetheError } from '../errors.ts';
import { type Rule, ruleConditionsMax, ruleLevelsMax } from './rule.ts';
import { conditionForms, type Form, type FormOf, identityPresentForm, propertyForm, whereMax } from './rule-shapes.ts';

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;
interface Count {
  conditions: number;
}

const groupNames = ['all', 'any', 'not'];
const errorsMax = 50;
const quotedCharactersMax = 40;

/**
 * Lets a rule through exactly as it came, or throws `unacceptable` with one entry in `errors` for each thing that is wrong and
 * what would be right: `rule.empty` (a group without entries, which would mean everybody by accident), `rule.too_deep`,
 * `rule.too_large`, or `rule.invalid`. Whether the segments and imports that it names exist is not asked here.
 */
export function parseRule(input: unknown): Rule {
  const errors = errorsOfRule(input, ['rule'], 1, { conditions: 0 }).slice(0, errorsMax);
  const [first] = errors;
  if (!first) return input as Rule;
  const code = errors.every((error) => error.code === 'rule.empty') ? 'rule.empty' : 'rule.invalid';
  throw new LetheError('unacceptable', code, `${first.field}: ${first.detail}`, { errors });
}

function errorsOfRule(input: unknown, path: Path, level: number, count: Count): FieldError[] {
  if (input === undefined || input === null || (isFields(input) && Object.keys(input).length === 0)) {
    return [wrong(path, 'rule.empty', 'There is no rule here. For everybody: {"everyone": true}.')];
  }
  if (!isFields(input)) return [wrongValue(path, 'a group or a condition, which is an object', input)];
  const known = [...groupNames, ...conditionForms.keys()];
  const named = known.filter((name) => Object.hasOwn(input, name));
  const [name] = named;
  if (name === undefined) {
    const [key] = Object.keys(input);
    const detail = `${shown(key)} is no group and no condition. Known are ${known.join(', ')}.`;
    return [wrong(path, 'rule.unknown_condition', detail, known, key)];
  }
  if (named.length > 1) {
    const detail = `One group or condition at a time: ${named.join(' and ')} stand together. Put them into {"all": […]}.`;
    return [wrong(path, 'rule.several_conditions', detail, 1, named.length)];
  }
  if (groupNames.includes(name)) return errorsOfGroup(input, name, path, level, count);
  if (++count.conditions > ruleConditionsMax) throw tooLarge(path);
  return errorsOfCondition(input, name, path);
}

function errorsOfGroup(input: Fields, name: string, path: Path, level: number, count: Count): FieldError[] {
  // Before anything recurses: what is sent may be nested as deeply as a body is long.
  if (level > ruleLevelsMax) throw tooDeep(path);
  const others = Object.keys(input).filter((key) => key !== name);
  const errors = others.map((key) => unknownField([...path, key], [name]));
  const entries = input[name];
  const at = [...path, name];
  if (name === 'not') return [...errors, ...errorsOfRule(entries, at, level + 1, count)];
  if (!Array.isArray(entries)) return [...errors, wrongValue(at, 'a list of groups and conditions', entries)];
  if (entries.length === 0) {
    const detail = 'A group has at least one entry: an empty one would mean everybody or nobody by accident.';
    return [...errors, wrong(at, 'rule.empty', detail, 'at least one entry')];
  }
  return [...errors, ...entries.flatMap((entry, index) => errorsOfRule(entry, [...at, index], level + 1, count))];
}

function errorsOfCondition(input: Fields, name: string, path: Path): FieldError[] {
  const form = conditionForms.get(name) as FormOf;
  if (name === 'identity' && (Object.hasOwn(input, 'present') || !Object.hasOwn(input, 'is'))) {
    return errorsOfFields(identityPresentForm, input, path);
  }
  if (form.kind !== 'figures') return errorsOfFields(form, input, path);
  const figure = typeof input[name] === 'string' ? form.figures.get(input[name]) : undefined;
  if (figure) return errorsOfFields(figure, input, path);
  const known = [...form.figures.keys()];
  const detail = `"${name}" is one of ${known.join(', ')}, not ${shown(input[name])}.`;
  return [wrong([...path, name], 'rule.wrong_value', detail, known, input[name])];
}

function errorsOfFields(form: Form, input: Fields, path: Path): FieldError[] {
  if (form.kind === 'comparison') {
    const shape = typeof input.is === 'string' ? form.shapes.get(input.is) : undefined;
    return shape ? errorsOfShape(shape, input, path) : [unknownOperator(form.operators, input.is, path)];
  }
  const errors = errorsOfShape(form.shape, input, path);
  const lines = 'where' in form.shape.shape && Array.isArray(input.where) ? input.where.slice(0, whereMax) : [];
  return [...errors, ...lines.flatMap((line, index) => errorsOfProperty(line, [...path, 'where', index]))];
}

function errorsOfProperty(input: unknown, path: Path): FieldError[] {
  if (!isFields(input)) return [wrongValue(path, 'an object {"property": …, "is": …}', input)];
  return errorsOfFields(propertyForm, input, path);
}

function errorsOfShape(shape: z.ZodObject, input: Fields, path: Path): FieldError[] {
  const issues = shape.safeParse(input).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const at = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      const inner: Record<string, string[]> = { within: ['days', 'from', 'to'], sample: ['from', 'to'] };
      const known = inner[String(at[0])] ?? Object.keys(shape.shape);
      return issue.keys.map((key) => unknownField([...path, ...at, key], known));
    }
    const actual = at.reduce<unknown>((value, part) => (value as Fields | undefined)?.[part], input);
    return [wrongValue([...path, ...at], issue.message, actual)];
  });
}

function unknownOperator(operators: Record<string, string[]>, is: unknown, path: Path): FieldError {
  const known = Object.entries(operators).map(([kind, names]) => `${kind}: ${names.join(', ')}`);
  const hint = typeof is === 'boolean' ? ` Write it as text: "is": "${is}".` : '';
  const detail = `${is === undefined ? 'The operator is missing' : `${shown(is)} is no operator here`}. Known are, for ${known.join('; ')}.${hint}`;
  const code = is === undefined ? 'rule.missing_field' : 'rule.unknown_operator';
  return wrong([...path, 'is'], code, detail, operators, is);
}

function unknownField(path: Path, known: string[]): FieldError {
  return wrong(path, 'rule.unknown_field', `There is no such field here. Known are ${known.join(', ')}.`, known);
}

/** `value` may be somebody's e-mail address, so of text in it only the kind is told. */
function wrongValue(path: Path, expected: string, actual: unknown): FieldError {
  if (actual === undefined) return wrong(path, 'rule.missing_field', `Missing: expected ${expected}.`, expected);
  const told = path.includes('value') && typeof actual === 'string' ? kindOf(actual) : actual;
  // How the fields of an object fit together: that it is an object is not what is wrong.
  const ofFields = isFields(actual) && /^(either )?"/.test(expected);
  const not = ofFields ? '' : `, not ${told === actual ? shown(actual) : told}`;
  return wrong(path, 'rule.wrong_value', `Expected ${expected}${not}.`, expected, told);
}

function wrong(path: Path, code: string, detail: string, expected?: unknown, actual?: unknown): FieldError {
  const field = path.map((part) => shorten(String(part))).join('.');
  return {
    field,
    code,
    detail,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual: isShort(actual) ? actual : kindOf(actual) }),
  };
}

function tooDeep(path: Path): LetheError {
  const detail = `Groups nest at most ${ruleLevelsMax} levels. Put an inner one into a segment of its own.`;
  const errors = [wrong(path, 'rule.too_deep', detail, ruleLevelsMax)];
  return new LetheError('unacceptable', 'rule.too_deep', detail, { errors });
}

function tooLarge(path: Path): LetheError {
  const detail = `A rule has at most ${ruleConditionsMax} conditions. Put some into a segment of their own.`;
  const errors = [wrong(path, 'rule.too_large', detail, ruleConditionsMax)];
  return new LetheError('unacceptable', 'rule.too_large', detail, { errors });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= quotedCharactersMax : ['number', 'boolean'].includes(typeof value);
}

/** Numbers, flags and short words as they are; of anything else, what it is. */
function shown(value: unknown): string {
  return isShort(value) ? JSON.stringify(value) : kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (typeof value === 'object') return 'an object';
  return typeof value === 'undefined' ? 'nothing' : `a ${typeof value}`;
}

function shorten(text: string): string {
  return text.length <= quotedCharactersMax ? text : `${text.slice(0, quotedCharactersMax - 1)}…`;
}
