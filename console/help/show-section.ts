/** By then pictures are there, and the router has done what it does to the scroll of a new page. */
const settledMs = 3_000;

/**
 * Brings the section that an address names into view and keeps it there until the page has settled or the reader does something: until
 * the pictures above it are there nobody knows how high they are, and the router may put a new page to its top after this. Returns what
 * gives that up.
 */
export function showSection(frame: HTMLElement, section: HTMLElement): () => void {
  const settled = new AbortController();
  const { signal } = settled;
  const giveUp = () => settled.abort();
  const show = () => {
    if (!signal.aborted) section.scrollIntoView();
  };
  for (const input of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    window.addEventListener(input, giveUp, { signal, passive: true });
  }
  window.addEventListener('scroll', show, { signal, passive: true });
  setTimeout(giveUp, settledMs);
  const above = [...frame.querySelectorAll('img')].filter(
    (picture) => picture.compareDocumentPosition(section) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  for (const picture of above) picture.loading = 'eager';
  void Promise.allSettled(above.map((picture) => picture.decode())).then(show);
  show();
  return giveUp;
}
