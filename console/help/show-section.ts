/**
 * Brings the section that an address names into view, and again when the pictures above it are there: until then nobody knows how high
 * they are. Returns what gives that up.
 */
export function showSection(frame: HTMLElement, section: HTMLElement): () => void {
  let isWanted = true;
  const above = [...frame.querySelectorAll('img')].filter(
    (picture) => picture.compareDocumentPosition(section) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  for (const picture of above) picture.loading = 'eager';
  section.scrollIntoView();
  void Promise.allSettled(above.map((picture) => picture.decode())).then(() => {
    if (isWanted) section.scrollIntoView();
  });
  return () => {
    isWanted = false;
  };
}
