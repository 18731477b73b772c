import { expect, test } from 'vitest';
import { placeOf } from './session-place.ts';

test('a session says which browser and system it is in, as people call them', () => {
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
  expect(placeOf(`${windows} Chrome/131.0.0.0 Safari/537.36`)).toBe('Chrome on Windows');
  expect(placeOf(`${windows} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`)).toBe('Edge on Windows');
  expect(placeOf('Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0')).toBe('Firefox on Linux');
  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
  expect(placeOf(`${mac} Version/18.1 Safari/605.1.15`)).toBe('Safari on macOS');
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
  expect(placeOf(`${phone} Version/18.1 Mobile/15E148 Safari/604.1`)).toBe('Safari on iOS');
  expect(placeOf('Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36')).toBe(
    'Chrome on Android',
  );
});

test('what it cannot know it does not guess', () => {
  expect(placeOf('curl/8.5.0')).toBe('curl');
  expect(placeOf('node')).toBe('Unknown browser');
  expect(placeOf(null)).toBe('Unknown browser');
});
