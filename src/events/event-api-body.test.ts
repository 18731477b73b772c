import { expect, test } from 'vitest';
import { readEncodedEvent, readFormEvent, readJsonEvent } from './event-api-body.ts';

const event = { action: 'Öffnen?>~', user: { id: 'testuser' } };
const json = JSON.stringify(event);
const standard = Buffer.from(json).toString('base64');

test.each([
  ['standard base64', standard],
  ['base64 for addresses', Buffer.from(json).toString('base64url')],
  ['base64 whose plus signs were read as spaces', standard.replaceAll('+', ' ')],
  ['base64 without padding', standard.replaceAll('=', '')],
])('an event is read from %s', (_, encoded) => {
  expect(readEncodedEvent(encoded)).toEqual({ body: event, bytes: Buffer.byteLength(json) });
});

test.each([encodeURIComponent(standard), standard])('an event is read from a form, escaped or not', (encoded) => {
  expect(readFormEvent(Buffer.from(`other=1&event=${encoded}`)).body).toEqual(event);
});

test.each([
  ['is missing', undefined, /is there once/],
  ['is empty', '', /is not base64/],
  ['is there twice', [standard, standard], /is there once/],
  ['is JSON itself', json, /is not base64/],
  ['is something else in base64', Buffer.from('hello').toString('base64'), /is not valid JSON/],
  ['is cut off', standard.slice(0, 20), /is not valid JSON/],
  ['is no UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64'), /is not UTF-8/],
])('a field that %s is refused', (_, field, says) => {
  expect(() => readEncodedEvent(field)).toThrow(says);
});

test('a body that is no UTF-8 is refused, in place of keeping other characters than were sent', () => {
  expect(() => readJsonEvent(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(/is not UTF-8/);
});

test('a number with more digits than a number can hold stays what was written', () => {
  expect(readJsonEvent(Buffer.from('{"orderId":12345678901234567890}')).body).toEqual({
    orderId: '12345678901234567890',
  });
});
