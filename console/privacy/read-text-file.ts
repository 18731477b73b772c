export type FileProblem = 'encoding' | 'tooLarge' | 'unreadable';

/** Largest file whose text is shown in a field, in bytes. */
const fileBytesMax = 10_485_760;

/** The text of a file, read in this browser; nothing is sent. */
export async function readTextFile(file: Blob): Promise<string | { problem: FileProblem }> {
  if (file.size > fileBytesMax) return { problem: 'tooLarge' };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { problem: 'unreadable' };
  }
  try {
    // Fatal: a replaced character would make another identity of one.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { problem: 'encoding' } : text;
  } catch {
    return { problem: 'encoding' };
  }
}
