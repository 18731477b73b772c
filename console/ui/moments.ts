import { language } from '../texts/language.ts';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const exactMoment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const secondOfDay = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const utcDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const briefAgo = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

/** A moment in the reader's time zone: 22 Nov 2026, 19:04. */
export function localMoment(at: string): string {
  return moment.format(new Date(at));
}

/** The same with seconds. */
export function localExactMoment(at: string): string {
  return exactMoment.format(new Date(at));
}

/** To the second and without the year, of what has just been: 22 Nov, 19:04:05. */
export function localSecond(at: string): string {
  return secondOfDay.format(new Date(at));
}

export function localDate(at: string): string {
  return date.format(new Date(at));
}

/** The same moment in UTC, for the hover: 2026-11-22 18:04:05 UTC. */
export function utcMoment(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A UTC day of the API, which belongs to no time zone of the reader's: 22 Nov 2026. */
export function utcDay(day: string): string {
  return utcDate.format(new Date(`${day}T00:00:00Z`));
}

const steps = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
] as const;

/** How long ago: 2 minutes ago, yesterday. */
export function timeAgo(at: string, now: number = Date.now()): string {
  return agoIn(ago, at, now);
}

/** The same where there is little room: 2 min ago. */
export function briefTimeAgo(at: string, now: number = Date.now()): string {
  return agoIn(briefAgo, at, now);
}

function agoIn(format: Intl.RelativeTimeFormat, at: string, now: number): string {
  let value = (new Date(at).getTime() - now) / 1_000;
  for (const [unit, size] of steps) {
    if (Math.abs(value) < size) return format.format(Math.round(value), unit);
    value /= size;
  }
  return localDate(at);
}

/** How long something takes or took, to the digit that matters: 0.6 seconds, 41 seconds, 3 minutes 20 seconds. */
export function duration(seconds: number): string {
  if (seconds < 10) return inUnit(Math.round(seconds * 10) / 10, 'second');
  const whole = Math.round(seconds);
  if (whole < 60) return inUnit(whole, 'second');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return join(inUnit(minutes, 'minute'), whole % 60, 'second');
  return join(inUnit(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
}

function inUnit(value: number, unit: 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

function join(first: string, rest: number, unit: 'second' | 'minute'): string {
  return rest === 0 ? first : `${first} ${inUnit(rest, unit)}`;
}
