import type { DatasetDb } from '../database/handle.ts';
import { listImportErrors } from './import-sql.ts';

const pageRows = 5_000;

/** The rejected rows of an import as CSV, page by page, so that a report of any length takes constant memory. */
export async function* errorReport(ds: DatasetDb, importNo: number): AsyncGenerator<string> {
  yield 'line,code,detail\r\n';
  for (let after = 0; ; ) {
    const errors = await listImportErrors(ds, importNo, { limit: pageRows, after });
    if (errors.length === 0) return;
    yield errors.map(({ line, code, detail }) => `${line},${code},${quoted(detail)}\r\n`).join('');
    after = errors.at(-1)?.line ?? after;
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
