import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { clients, snippetOf } from './snippets.ts';

const sending = { address: 'https://lethe.example.com', writeKey: 'key', dataset: 'shop' };

test.each(clients)('the snippet of "%s" names this server, and the key wherever one is needed', (client) => {
  const { code } = snippetOf(client, sending);
  expect(code).toContain('https://lethe.example.com');
  expect(code).toContain(client === 'eventApi' ? '/api2/event/shop' : "'key");
});

test('a key with quotes in it stays one text, in a program and in a command line', () => {
  const writeKey = String.raw`a'b\c"d</script>`;
  const { code } = snippetOf('segmentNode', { ...sending, writeKey });
  const [, quoted] = /writeKey: ('.*'),/.exec(code) ?? [];
  expect(code).not.toContain('</script>');
  expect(new Function(`return ${quoted}`)()).toBe(writeKey);

  const [, argument] = /curl -u ('.*') https/.exec(snippetOf('curl', { ...sending, writeKey }).code) ?? [];
  expect(execFileSync('sh', ['-c', `printf %s ${argument}`], { encoding: 'utf8' })).toBe(`${writeKey}:`);
});
