import { Marked, type Tokens } from 'marked';

const texts = import.meta.glob<string>('../../docs/*.md', { query: '?raw', import: 'default' });
const images = import.meta.glob<string>('../../docs/images/*.png', { query: '?url', import: 'default', eager: true });

/** A page of docs/ as HTML, its links and pictures leading to this server; undefined when there is no such page. */
export async function readPage(name: string): Promise<string | undefined> {
  const load = texts[`../../docs/${name}.md`];
  return load && render(await load());
}

function render(markdown: string): string {
  const marked = new Marked({ renderer: { link, image, heading } });
  return marked.parse(markdown, { async: false });

  function link(
    this: { parser: { parseInline(tokens: Tokens.Generic[]): string } },
    { href, tokens }: Tokens.Link,
  ): string {
    const text = this.parser.parseInline(tokens);
    const target = addressOf(href);
    return target === undefined ? text : `<a href="${target}">${text}</a>`;
  }
  function image({ href, text }: Tokens.Image): string {
    return `<img src="${images[`../../docs/${href}`] ?? ''}" alt="${text.replaceAll('"', '&quot;')}" loading="lazy">`;
  }
  function heading(
    this: { parser: { parseInline(tokens: Tokens.Generic[]): string } },
    { depth, tokens, text }: Tokens.Heading,
  ): string {
    return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
  }
}

/** Where a link of a page leads here. What is in the source and on no server (the architecture, the licence) is no link. */
function addressOf(href: string): string | undefined {
  if (href.startsWith('#')) return href;
  const [, page, anchor = ''] = /^([a-z-]+|README)\.md(#.*)?$/.exec(href) ?? [];
  return page === undefined ? undefined : `/help/${page}${anchor}`;
}

/** Anchors as the platforms that show the source make them, so that one link serves both. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
