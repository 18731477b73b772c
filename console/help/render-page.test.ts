import { expect, test } from 'vitest';
import { renderPage } from './render-page.ts';

const addresses: Record<string, string> = { 'images/rate.svg': '/assets/rate-1a2b.svg' };
const htmlOf = (markdown: string) => renderPage(markdown, (name) => addresses[name]).html;

test('a drawing in SVG is shown as an image by its address, with the words that take its place', () => {
  expect(htmlOf('![Users a second, "standard" and with a scrub](images/rate.svg)')).toBe(
    '<p><a href="/assets/rate-1a2b.svg" target="_blank"><img src="/assets/rate-1a2b.svg" ' +
      'alt="Users a second, &quot;standard&quot; and with a scrub" loading="lazy"></a></p>\n',
  );
});

test('a link leads to a page of this server, and to nothing where the server has none', () => {
  expect(htmlOf('[How](permanence.md#after-a-scrub)')).toContain('<a href="/help/permanence#after-a-scrub">How</a>');
  expect(htmlOf('[The licence](../LICENSE)')).toBe('<p>The licence</p>\n');
});

test('a page has the title and the sections that its headings say', () => {
  const page = renderPage('# How fast\n\n## By `share`\n\ntext\n\n### Smaller\n\n## By size', () => undefined);
  expect(page.title).toBe('How fast');
  expect(page.sections).toEqual([
    { id: 'by-share', name: 'By share' },
    { id: 'by-size', name: 'By size' },
  ]);
});
