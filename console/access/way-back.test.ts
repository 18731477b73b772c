import { expect, test } from 'vitest';
import { wayBack } from './way-back.ts';

const origin = 'https://lethe.example.com';

test('the sign-in leads back to the address that asked for it', () => {
  expect(wayBack('/datasets/shop/users?sort=name#content', origin)).toBe('/datasets/shop/users?sort=name#content');
  expect(wayBack('/', origin)).toBe('/');
});

test('without an address, or with one of the sign-in itself, it leads to the start page', () => {
  for (const next of [undefined, '', 7, { a: '/roles' }, '/sign-in?next=/roles', '/new-password'])
    expect(wayBack(next, origin)).toBe('/');
});

test('it leads to no other host, however that is written', () => {
  for (const next of [
    'https://elsewhere.example/',
    '//elsewhere.example/',
    '/\\elsewhere.example/',
    '\\\\elsewhere.example',
    '/\t/elsewhere.example/',
    '/\n/elsewhere.example/',
    '/.//elsewhere.example/',
    '/roles/..//elsewhere.example/',
    'javascript:alert(1)',
    ' //elsewhere.example',
    'roles',
    '//',
    'https:elsewhere.example',
  ]) {
    expect(wayBack(next, origin), JSON.stringify(next)).toBe('/');
  }
});
