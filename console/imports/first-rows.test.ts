import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readStart } from './file-start.ts';
import { readFirstRows } from './first-rows.ts';

const fileOf = (content: string | Uint8Array<ArrayBuffer>, name = 'rows.csv') => new File([content], name);
const firstOf = async (content: string | Uint8Array<ArrayBuffer>, name?: string) =>
  readFirstRows(await readStart(fileOf(content, name)));

describe('the beginning of a file', () => {
  test('is read as CSV with quotes, line breaks in cells, either line end and a byte order mark', async () => {
    const { header, rows } = await firstOf('\ufeffid,note\r\n1,"a, ""b"""\n2,"two\nlines"\r\n\n3\n');
    expect(header).toEqual(['id', 'note']);
    expect(rows).toEqual([['1', 'a, "b"'], ['2', 'two\nlines'], ['3']]);
  });

  test('is enough of a file of any size: what is cut off at its end is no row', async () => {
    const long = `id,note\n${'1,x\n'.repeat(5)}${`2,"${'y'.repeat(600_000)}"\n`}`;
    const start = await readStart(fileOf(long));
    expect(start).toMatchObject({ whole: false, format: 'csv', packed: false });
    expect(readFirstRows(start).rows).toEqual(Array(5).fill(['1', 'x']));
  });

  test('is unpacked where it is gzip, whatever the file is called', async () => {
    const packed = new Uint8Array(gzipSync(`id,n\n${'1,2\n'.repeat(400_000)}`));
    const start = await readStart(fileOf(packed, 'rows.csv'));
    expect(start).toMatchObject({ packed: true, format: 'csv', whole: false });
    expect(readFirstRows(start).rows[7]).toEqual(['1', '2']);
  });

  test('is NDJSON by name or by what it begins with, a line a row', async () => {
    const lines = '{"userId":"1"}\n\n{"userId":"2"}\n';
    expect(await firstOf(lines, 'rows.jsonl')).toEqual({ header: [], rows: [['{"userId":"1"}'], ['{"userId":"2"}']] });
    expect((await readStart(fileOf(lines, 'rows.txt'))).format).toBe('ndjson');
    expect((await readStart(fileOf('a,b\n', 'rows.txt'))).format).toBe('csv');
  });

  test.each([
    ['an empty file', '', 'empty'],
    ['nothing but line ends', '\n\n', 'empty'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0, 0x2c, 0]), 'encoding'],
    ['Latin-1', new Uint8Array([0x61, 0x2c, 0xe9, 0x0a]), 'encoding'],
    ['a first line whose quotes do not close', 'id,"note\n1,2\n', 'header'],
    ['semicolons', 'id;note\n1;2\n', 'separator'],
  ])('is refused for %s before anything is sent', async (_, content, code) => {
    await expect(firstOf(content)).rejects.toMatchObject({ code });
  });
});
