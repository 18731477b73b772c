import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingsPage, settingsPagePath } from '../scripts/settings-page.ts';
import { describeSettings } from './describe-settings.ts';
import { messageOf } from './errors.ts';
import { definitions, readSettings, unknownSettings } from './settings.ts';

describe('settings', () => {
  test('have a default each, so that an empty environment starts a server', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: resolve('./data'),
      databaseUrl: undefined,
    });
    for (const { default: value, schema } of Object.values(definitions)) {
      if (typeof value === 'string' || typeof value === 'number') expect(schema.parse(String(value))).toBe(value);
    }
  });

  test('are read as what they are: numbers, yes or no, lists, and folders from where the server is started', () => {
    const settings = readSettings({
      LETHE_PORT: '0',
      LETHE_TRUST_PROXY: 'true',
      LETHE_BOOTSTRAP_DATASETS: ' shop, blog ,',
      LETHE_PARTITIONS: '64',
      LETHE_DATA_DIR: 'here',
      LETHE_DATABASE_URL: 'postgres://lethe:secret@db.example.com/lethe',
    });
    expect(settings).toMatchObject({ port: 0, trustProxy: true, bootstrapDatasets: ['shop', 'blog'], partitions: 64 });
    expect(settings.dataDir).toBe(resolve('here'));
    expect(settings.databaseUrl).toBe('postgres://lethe:secret@db.example.com/lethe');
  });

  test('that are empty count as not set', () => {
    expect(readSettings({ LETHE_PORT: '', LETHE_HOST: '' })).toMatchObject({ port: 8080, host: '127.0.0.1' });
  });

  test.each([
    ['LETHE_PORT', 'abc', 'expected a whole number from 0 to 65535'],
    ['LETHE_PORT', '65536', 'expected a whole number from 0 to 65535'],
    ['LETHE_DATASETS_MAX', '1.5', 'expected a whole number from 1 to 1000'],
    ['LETHE_DISK_FREE_BYTES_MIN', '-1', 'expected a whole number from 0 up'],
    ['LETHE_PARTITIONS', '5', 'expected 1, 4, 16, 64 or 256'],
    ['LETHE_TRUST_PROXY', 'yes', 'expected true or false'],
    ['LETHE_LOG_LEVEL', 'verbose', 'expected debug, info, warn, error or silent'],
    ['LETHE_PUBLIC_URL', 'lethe.example.com', 'expected an address such as https://'],
    ['LETHE_ADMIN_EMAIL', 'admin', 'expected an e-mail address'],
    ['LETHE_BOOTSTRAP_DATASETS', 'shop,My Blog', 'expected ids such as shop,blog'],
  ])('are refused with what would be right: %s=%s', (name, value, right) => {
    expect(() => readSettings({ [name]: value })).toThrow(`${name}=${value}: ${right}`);
  });

  test.each([
    ['LETHE_DATABASE_URL', 'mysql://lethe:hunter2@db/lethe'],
    ['LETHE_ADMIN_PASSWORD', 'hunter2'],
    ['LETHE_BOOTSTRAP_TOKEN', 'me:hunter2'],
    ['LETHE_BOOTSTRAP_WRITE_KEY', 'hunter2'],
  ])('that are secret are refused without being quoted: %s', (name, value) => {
    const said = messageOf(refusalOf({ [name]: value }));
    expect(said).toContain(`${name}: expected `);
    expect(said).not.toContain('hunter2');
  });

  test('of single sign-on are refused when one that it needs is missing', () => {
    const all = {
      LETHE_OIDC_ISSUER: 'https://login.example.com',
      LETHE_OIDC_CLIENT_ID: 'lethe',
      LETHE_OIDC_CLIENT_SECRET: 'a secret of the provider',
      LETHE_PUBLIC_URL: 'https://lethe.example.com',
    };
    expect(readSettings(all)).toMatchObject({ oidcIssuer: all.LETHE_OIDC_ISSUER, oidcName: 'single sign-on' });
    for (const name of Object.keys(all).slice(1)) {
      expect(() => readSettings({ ...all, [name]: '' })).toThrow(`${name}: missing. LETHE_OIDC_ISSUER needs it.`);
    }
  });

  test('that are wrong are all named at once', () => {
    const said = messageOf(refusalOf({ LETHE_PORT: 'x', LETHE_HOST: 'y', LETHE_CONNECTIONS_MAX: '1' }));
    expect(said.split('\n').map((line) => line.split('=')[0])).toEqual(['LETHE_PORT', 'LETHE_CONNECTIONS_MAX']);
  });

  test('that there are none of are told, but not those of the command line or of others', () => {
    expect(unknownSettings({ LETHE_PROT: '1', LETHE_PORT: '1', LETHE_URL: 'x', LETHE_TOKEN: 'x', PATH: 'x' })).toEqual([
      'LETHE_PROT',
    ]);
  });

  test('are shown with value, origin and meaning; secrets only as being set', () => {
    const shown = describeSettings({ LETHE_PORT: '9000', LETHE_ADMIN_PASSWORD: 'a long password' });
    const of = (name: string) => shown.find((one) => one.name === name);
    expect(of('LETHE_PORT')).toMatchObject({ value: 9000, from: 'environment' });
    expect(of('LETHE_HOST')).toMatchObject({ value: '127.0.0.1', from: 'default' });
    expect(of('LETHE_ADMIN_PASSWORD')).toMatchObject({ value: '********', from: 'environment' });
    expect(of('LETHE_DATABASE_URL')).toMatchObject({ value: null, from: 'default' });
    expect(of('LETHE_BOOTSTRAP_WRITE_KEY')).toMatchObject({ value: [], from: 'default' });
    expect(JSON.stringify(shown)).not.toContain('a long password');
    for (const { means } of shown) expect(means).toMatch(/^\p{Lu}.*[.]$/u);
  });

  test('are all on their page, which is up to date (if not: node scripts/settings-page.ts)', () => {
    expect(readFileSync(settingsPagePath, 'utf8')).toBe(settingsPage());
  });
});

function refusalOf(env: NodeJS.ProcessEnv): unknown {
  try {
    readSettings(env);
  } catch (error) {
    return error;
  }
  throw new Error('These settings were accepted.');
}
