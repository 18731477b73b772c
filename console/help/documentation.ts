import { type HelpPage, renderPage } from './render-page.ts';

const texts = import.meta.glob<string>('../../docs/*.md', { query: '?raw', import: 'default' });
const pictures = import.meta.glob<string>('../../docs/images/*.{png,svg}', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** A page of docs/; undefined when there is no such page. */
export async function readPage(name: string): Promise<HelpPage | undefined> {
  const load = texts[`../../docs/${name}.md`];
  return load && renderPage(await load(), (picture) => pictures[`../../docs/${picture}`]);
}
