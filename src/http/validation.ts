import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { type FieldError, LetheError } from '../errors.ts';

/** A part of a request that does not have the shape its route asks for. Fastify adds which part it was. */
export class WrongShape extends Error {
  readonly issues: FieldError[];
  /** Set by Fastify: body, querystring, params or headers. */
  validationContext?: string;

  constructor(issues: FieldError[]) {
    super(issues.map((issue) => issue.detail).join(' '));
    this.name = 'WrongShape';
    this.issues = issues;
  }

  /** A body that can be read but not accepted is 422; a path or query that cannot be read is 400. */
  refusal(): LetheError {
    const extras = { errors: this.issues };
    if (this.validationContext === 'body') {
      return new LetheError('unacceptable', 'request.unacceptable', this.message, extras);
    }
    const part = { params: 'path', querystring: 'query' }[this.validationContext ?? ''] ?? 'request';
    return new LetheError('unreadable', 'request.unreadable', `The ${part} cannot be read. ${this.message}`, extras);
  }
}

/** Validates a part of a request with its Zod schema. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    return { error: new WrongShape(result.error.issues.flatMap((issue) => fieldErrors(issue, schema, data))) };
  };

/**
 * The text of a request that PostgreSQL cannot store: U+0000, or half of a surrogate pair. Asked after it has refused one that
 * no rule of the product named before.
 */
export function unstorableText({ params, query, body }: { params: unknown; query: unknown; body: unknown }) {
  for (const [context, part] of Object.entries({ params, querystring: query, body })) {
    const path = pathOfUnstorable(part, []);
    if (!path) continue;
    const field = path.join('.');
    const detail = `"${field}" holds a character that cannot be stored (U+0000 or half of a surrogate pair).`;
    const found = new WrongShape([{ field, code: 'notStorable', detail }]);
    found.validationContext = context;
    return found;
  }
  return undefined;
}

/** Whether PostgreSQL takes a text. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function pathOfUnstorable(value: unknown, path: string[]): string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path;
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!isStorable(key)) return path;
    const found = pathOfUnstorable(inner, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

/** What is wrong, field by field. Values are not quoted, because they may identify somebody. */
function fieldErrors(issue: z.core.$ZodIssue, schema: z.ZodType, data: unknown): FieldError[] {
  const path = issue.path.map(String);
  const field = path.join('.');
  const value = valueAt(data, issue.path);
  const name = field === '' ? 'The body' : `"${field}"`;
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, path);
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      code: 'unknown',
      detail: `"${[...path, key].join('.')}" is not known here${known ? `; known: ${known.join(', ') || 'none'}` : ''}.`,
      ...(known ? { expected: known } : {}),
    }));
  }
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union') {
    const expected = issue.code === 'invalid_type' ? (plainTypes[issue.expected] ?? issue.expected) : undefined;
    const wanted =
      ownMessage(issue) ?? (expected ? `expected ${withArticle(expected)}` : 'none of the accepted forms fits');
    // Without a body, Fastify gives null for it.
    return value === undefined || (field === '' && value === null)
      ? [{ field, code: 'missing', detail: `${name} is missing: ${wanted}.`, expected, actual: 'nothing' }]
      : [
          {
            field,
            code: 'wrongType',
            detail: `${name}: ${wanted}, not ${withArticle(typeName(value))}.`,
            expected,
            actual: typeName(value),
          },
        ];
  }
  if (issue.code === 'invalid_value') {
    const expected = issue.values.map(String);
    return [
      {
        field,
        code: value === undefined ? 'missing' : 'notAllowed',
        detail: ownMessage(issue) ? `${name}: ${ownMessage(issue)}.` : `${name} must be ${expected.join(' or ')}.`,
        expected,
      },
    ];
  }
  const code =
    { too_small: 'tooSmall', too_big: 'tooBig', invalid_format: 'wrongFormat' }[issue.code as string] ?? 'invalid';
  return [{ field, code, detail: `${name}: ${issue.message}.`, ...limitsOf(issue) }];
}

/** Zod's words for what JSON calls otherwise. */
const plainTypes: Record<string, string> = { record: 'object', int: 'whole number', nonoptional: 'value' };

/** What a schema says itself about what it expects, in place of Zod's words. */
function ownMessage({ message }: z.core.$ZodIssue): string | undefined {
  return /^Invalid /.test(message) ? undefined : message;
}

function limitsOf(issue: z.core.$ZodIssue): { expected?: unknown } {
  if (issue.code === 'too_small') return { expected: { atLeast: Number(issue.minimum) } };
  if (issue.code === 'too_big') return { expected: { atMost: Number(issue.maximum) } };
  if (issue.code === 'invalid_format') return { expected: issue.format === 'regex' ? issue.pattern : issue.format };
  return {};
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    data,
  );
}

/** The fields that the object at this path may have; undefined where the shape cannot be followed, as in a union. */
function knownFields(schema: z.core.$ZodType, path: readonly string[]): string[] | undefined {
  const bare = unwrap(schema);
  const [key, ...rest] = path;
  if (bare instanceof z.ZodObject) {
    if (key === undefined) return Object.keys(bare.shape);
    const field = bare.shape[key];
    return field && knownFields(field, rest);
  }
  if (bare instanceof z.ZodArray && key !== undefined) return knownFields(bare.element, rest);
  if (bare instanceof z.ZodRecord && key !== undefined) return knownFields(bare.valueType, rest);
  return undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function withArticle(type: string): string {
  if (type === 'null' || type === 'undefined') return type;
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}
