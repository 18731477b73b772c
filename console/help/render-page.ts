import { Marked, Renderer, type Tokens } from 'marked';

/** A page of the documentation, its links and pictures leading to this server. */
export interface HelpPage {
  title: string;
  /** What stands under the title, section by section. */
  sections: { id: string; name: string }[];
  html: string;
}

/** The address of a picture by its name in docs/, such as `images/sign-in.png`. */
export type AddressOfPicture = (name: string) => string | undefined;

/** The page that a text of docs/ is. */
export function renderPage(markdown: string, addressOfPicture: AddressOfPicture): HelpPage {
  const renderer = new PageRenderer(addressOfPicture);
  const html = new Marked().parse(markdown, { renderer, async: false });
  const { title, sections } = renderer;
  return { title, sections, html };
}

class PageRenderer extends Renderer {
  title = '';
  readonly sections: HelpPage['sections'] = [];
  readonly #addressOfPicture: AddressOfPicture;

  constructor(addressOfPicture: AddressOfPicture) {
    super();
    this.#addressOfPicture = addressOfPicture;
  }

  override link({ href, tokens }: Tokens.Link): string {
    const text = this.parser.parseInline(tokens);
    const target = addressOf(href);
    return target === undefined ? text : `<a href="${target}">${text}</a>`;
  }

  /**
   * Leads to itself alone, where its small print can be read. By its address also where it is an SVG: as an image that runs no
   * script, whatever it holds, and behind the link under a policy that allows none.
   */
  override image({ href, text }: Tokens.Image): string {
    const address = this.#addressOfPicture(href) ?? '';
    const alternative = text.replaceAll('"', '&quot;');
    return `<a href="${address}" target="_blank"><img src="${address}" alt="${alternative}" loading="lazy"></a>`;
  }

  override heading({ depth, tokens, text }: Tokens.Heading): string {
    const id = anchorOf(text);
    const name = this.parser.parseInline(tokens, this.parser.textRenderer);
    if (depth === 1) this.title ||= name;
    if (depth === 2) this.sections.push({ id, name });
    return `<h${depth} id="${id}"${depth === 1 ? ' tabindex="-1"' : ''}>${this.parser.parseInline(tokens)}</h${depth}>`;
  }

  /** In a frame of its own: what is too wide is scrolled there, and a table stays a table. */
  override table(token: Tokens.Table): string {
    return `<div data-scrolls>${super.table(token)}</div>`;
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
