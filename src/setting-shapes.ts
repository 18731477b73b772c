import { z } from 'zod';

/** Each shape refuses with one message, "expected …", which says all that is accepted. */
export const expecting = (what: string) => ({ error: `expected ${what}` });
export const whole = (min: number, max: number) => {
  const error = expecting(
    max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min} up` : `a whole number from ${min} to ${max}`,
  );
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};
export const text = z.string(expecting('text')).min(1);
export const flag = z.enum(['true', 'false'], expecting('true or false')).transform((value) => value === 'true');
export const commaList = (what: string, part: RegExp) =>
  z
    .string(expecting(what))
    .transform((value) =>
      value
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .refine((parts) => parts.every((one) => part.test(one)), expecting(what));

/** One setting. */
export interface Definition<T> {
  env: string;
  /** Refuses with one message, "expected …", which says all that is accepted. */
  schema: z.ZodType<T, unknown>;
  default: T;
  /** Shown as `********` by `lethe settings`. */
  secret?: true;
  means: string;
}

export function define<T>(
  env: string,
  schema: z.ZodType<T, unknown>,
  fallback: NoInfer<T>,
  means: string,
  secret?: true,
): Definition<T> {
  return { env, schema, default: fallback, means, ...(secret ? { secret } : {}) };
}

export const optional = <T>(env: string, schema: z.ZodType<T, unknown>, means: string, secret?: true) =>
  define<T | undefined>(env, schema, undefined, means, secret);
