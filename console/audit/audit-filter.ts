/** What the list of entries is narrowed to, as it stands in the address. None of it is personal data. */
export interface AuditFilter {
  dataset?: string;
  /** Id of a member or token. */
  actor?: string;
  /** An action, or its first word. */
  action?: string;
  /** First and last day, of the reader's time zone: 2026-11-22. */
  from?: string;
  to?: string;
}

const day = /^\d{4}-\d{2}-\d{2}$/;

/** Takes from an address what it knows; an unreadable day is left out. */
export function readFilter({
  dataset,
  actor,
  action,
  from,
  to,
}: { [Name in keyof AuditFilter]?: unknown }): AuditFilter {
  const isDay = (value: unknown): value is string =>
    typeof value === 'string' && day.test(value) && !Number.isNaN(Date.parse(value));
  return {
    ...(typeof dataset === 'string' && dataset !== '' ? { dataset } : {}),
    ...(typeof actor === 'string' && actor !== '' ? { actor } : {}),
    ...(typeof action === 'string' && action !== '' ? { action } : {}),
    ...(isDay(from) ? { from } : {}),
    ...(isDay(to) ? { to } : {}),
  };
}

/** The filter as the API takes it: days of the reader become moments, the last one included. */
export function parametersOf({ from, to, ...others }: AuditFilter): Record<string, string> {
  return {
    ...others,
    ...(from ? { from: startOfDay(from, 0) } : {}),
    ...(to ? { to: startOfDay(to, 1) } : {}),
  };
}

function startOfDay(text: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = text.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}
