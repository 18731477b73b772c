import { expect, test } from 'vitest';
import { plainLine } from './log.ts';

test('a line for a terminal has the time, what happened, how bad it is unless it is not, and the fields', () => {
  const line = (level: number, fields: object) =>
    plainLine(JSON.stringify({ level, time: '2026-11-22T22:46:10.123Z', ...fields }));
  expect(line(30, { url: 'http://127.0.0.1:8080', msg: 'server.ready' })).toBe(
    '22:46:10 server.ready url=http://127.0.0.1:8080\n',
  );
  expect(line(40, { pid: 25316, msg: 'database.restarted' })).toBe('22:46:10 warn database.restarted pid=25316\n');
  expect(line(50, { rows: { events: 3 }, msg: 'x' })).toBe('22:46:10 error x rows={"events":3}\n');
});
