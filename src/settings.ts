import { resolve } from 'node:path';
import { z } from 'zod';
import { datasetIdPattern } from './datasets/dataset.ts';
import { erasures } from './deletions/deletion.ts';
import { LetheError } from './errors.ts';
import { commaList, type Definition, define, expecting, flag, optional, text, whole } from './setting-shapes.ts';

const databaseAddress = 'an address such as postgres://user:password@host:5432/database';
const tokenForm = 'keyId:secret, the secret of at least 16 characters';
const partitions = '1, 4, 16, 64 or 256';

/**
 * Every setting of a Lethe server, with its default and its meaning; units are the last word of a name. All are read from the
 * environment (`LETHE_…`), so that `docs/settings.md` and `lethe settings` can say everything from this one list.
 */
export const definitions = {
  host: define('LETHE_HOST', text, '127.0.0.1', 'Address to listen on.'),
  port: define('LETHE_PORT', whole(0, 65_535), 8080, 'Port to listen on; 0 picks a free one.'),
  dataDir: define('LETHE_DATA_DIR', text, './data', 'Folder that holds everything this server keeps on disk.'),
  databaseUrl: optional(
    'LETHE_DATABASE_URL',
    z.url({ protocol: /^postgres(ql)?$/, ...expecting(databaseAddress) }),
    'A PostgreSQL 15 or newer to use in place of the embedded one.',
    true,
  ),
  publicUrl: optional(
    'LETHE_PUBLIC_URL',
    z.url({ protocol: /^https?$/, ...expecting('an address such as https://lethe.example.com') }),
    'Address that people reach this server at, when it is behind a proxy.',
  ),
  trustProxy: define('LETHE_TRUST_PROXY', flag, false, 'Believe the forwarding headers of a proxy.'),
  logLevel: define(
    'LETHE_LOG_LEVEL',
    z.enum(['debug', 'info', 'warn', 'error', 'silent'], expecting('debug, info, warn, error or silent')),
    'info',
    'How much is logged.',
  ),
  adminEmail: define(
    'LETHE_ADMIN_EMAIL',
    z.email(expecting('an e-mail address')),
    'admin@example.com',
    'E-mail address of the first administrator; used on the first start only.',
  ),
  adminPassword: optional(
    'LETHE_ADMIN_PASSWORD',
    z.string(expecting('at least 12 characters')).min(12, expecting('at least 12 characters')),
    'Password of the first administrator; without it a one-time password is printed.',
    true,
  ),
  bootstrapToken: optional(
    'LETHE_BOOTSTRAP_TOKEN',
    z.string(expecting(tokenForm)).regex(/^[A-Za-z0-9_-]{1,64}:\S{16,128}$/, expecting(tokenForm)),
    "An administrator's API token to create, as keyId:secret.",
    true,
  ),
  bootstrapDatasets: define(
    'LETHE_BOOTSTRAP_DATASETS',
    commaList('ids such as shop,blog: small letters, digits, "_" and "-", the first a letter', datasetIdPattern),
    [],
    'Datasets to create.',
  ),
  bootstrapWriteKeys: define(
    'LETHE_BOOTSTRAP_WRITE_KEY',
    commaList('dataset:key, several separated by commas', /^[^:]+:\S+$/),
    [],
    'Write keys to create.',
    true,
  ),
  oidcIssuer: optional(
    'LETHE_OIDC_ISSUER',
    z.url({ protocol: /^https?$/, ...expecting('an address such as https://login.example.com') }),
    'OpenID provider that members may sign in with; needs client id, client secret and LETHE_PUBLIC_URL.',
  ),
  oidcClientId: optional('LETHE_OIDC_CLIENT_ID', text, 'What the OpenID provider calls this installation.'),
  oidcClientSecret: optional(
    'LETHE_OIDC_CLIENT_SECRET',
    text,
    'The secret that the OpenID provider gave this installation.',
    true,
  ),
  oidcName: define('LETHE_OIDC_NAME', text, 'single sign-on', 'What the sign-in page calls the OpenID provider.'),
  datasetsMax: define('LETHE_DATASETS_MAX', whole(1, 1000), 20, 'Most datasets of this installation.'),
  partitions: define(
    'LETHE_PARTITIONS',
    z.coerce.number(expecting(partitions)).pipe(z.literal([1, 4, 16, 64, 256], expecting(partitions))),
    16,
    'Hash partitions of a new dataset: 64 above about 2 million users, 256 above about 10 million.',
  ),
  ruleSegmentsMax: define(
    'LETHE_RULE_SEGMENTS_MAX',
    whole(1, 10_000),
    500,
    'Most enabled rule-based segments of a dataset.',
  ),
  listSegmentsMax: define(
    'LETHE_LIST_SEGMENTS_MAX',
    whole(1, 10_000),
    1_000,
    'Most manual segments and subscriber lists of a dataset.',
  ),
  attributesPerProfileMax: define(
    'LETHE_ATTRIBUTES_PER_PROFILE_MAX',
    whole(1, 10_000),
    100,
    'Most attributes of one profile (a merge may exceed it).',
  ),
  eventBytesMax: define('LETHE_EVENT_BYTES_MAX', whole(1_024, 1_048_576), 32_768, 'Largest event, in bytes of JSON.'),
  batchBytesMax: define(
    'LETHE_BATCH_BYTES_MAX',
    whole(1_024, 104_857_600),
    512_000,
    'Largest body of a JSON request, in bytes.',
  ),
  messageIdHours: define(
    'LETHE_MESSAGE_ID_HOURS',
    whole(1, 24 * 365),
    48,
    'How long a messageId is remembered, in hours.',
  ),
  queueMessagesMax: define(
    'LETHE_QUEUE_MESSAGES_MAX',
    whole(1, 10_000_000),
    20_000,
    'Most messages that wait to be written; beyond them senders are asked to come again (429).',
  ),
  queueBytesMax: define(
    'LETHE_QUEUE_BYTES_MAX',
    whole(1_024, Number.MAX_SAFE_INTEGER),
    67_108_864,
    'Most memory of messages that wait to be written, in bytes; and as much again of requests that are being read.',
  ),
  clockSeconds: define(
    'LETHE_CLOCK_SECONDS',
    whole(1, 86_400),
    60,
    'How often users are looked at whom time moves into a segment or out of it, in seconds: they move at most so much later.',
  ),
  membershipChangeHours: define(
    'LETHE_MEMBERSHIP_CHANGE_HOURS',
    whole(1, 24 * 365),
    48,
    'How long a program that follows a segment may be away and miss nothing, in hours.',
  ),
  importErrorDays: define(
    'LETHE_IMPORT_ERROR_DAYS',
    whole(1, 365),
    30,
    'How long the error report of an import is kept, in days.',
  ),
  deletionWorkers: define(
    'LETHE_DELETION_WORKERS',
    whole(1, 64),
    2,
    'Steps of one bulk deletion that run at once on this server.',
  ),
  deletionStepMsMax: define(
    'LETHE_DELETION_STEP_MS_MAX',
    whole(50, 60_000),
    2_000,
    'Time that one step of a bulk deletion should take at most, in milliseconds.',
  ),
  deletionRateMax: define(
    'LETHE_DELETION_RATE_MAX',
    whole(0, 1_000_000),
    0,
    'Most users that a bulk deletion deletes a second, over all servers together; 0 for no limit.',
  ),
  erasure: define(
    'LETHE_ERASURE',
    z.enum(erasures, expecting('standard or scrub')),
    'standard',
    'How thoroughly a bulk deletion erases unless it says so itself; scrub leaves no byte in the files of the database.',
  ),
  diskFreeBytesMin: define(
    'LETHE_DISK_FREE_BYTES_MIN',
    whole(0, Number.MAX_SAFE_INTEGER),
    268_435_456,
    'Free disk space below which a bulk deletion waits, in bytes (embedded database only).',
  ),
  connectionsMax: define('LETHE_CONNECTIONS_MAX', whole(8, 1_000), 30, 'Most database connections of this server.'),
} satisfies Record<string, Definition<unknown>>;

export type Settings = {
  [K in keyof typeof definitions]: (typeof definitions)[K] extends Definition<infer T> ? T : never;
};
export type SettingName = keyof typeof definitions;

/**
 * Reads the settings from an environment. Throws one error that names every wrong variable, what it holds apart from secrets,
 * and what would be right. Unknown `LETHE_…` variables are left to `unknownSettings`.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const wrong: string[] = [];
  const entries = Object.entries<Definition<unknown>>(definitions).map(([name, definition]) => {
    const raw = env[definition.env];
    if (raw === undefined || raw === '') return [name, definition.default];
    const parsed = definition.schema.safeParse(raw);
    if (parsed.success) return [name, parsed.data];
    const reason = parsed.error.issues[0]?.message;
    wrong.push(`${definition.env}${definition.secret ? '' : `=${raw}`}: ${reason}. ${definition.means}`);
    return [name, definition.default];
  });
  if (env.LETHE_OIDC_ISSUER) wrong.push(...missingForSingleSignOn(env));
  if (wrong.length > 0) throw new LetheError('unacceptable', 'settings.invalid', wrong.join('\n'));
  const settings = Object.fromEntries(entries) as Settings;
  return { ...settings, dataDir: resolve(settings.dataDir) };
}

/** The address that the provider sends the browser back to is never taken from a request, so it has to be set. */
function missingForSingleSignOn(env: NodeJS.ProcessEnv): string[] {
  return ['LETHE_OIDC_CLIENT_ID', 'LETHE_OIDC_CLIENT_SECRET', 'LETHE_PUBLIC_URL']
    .filter((name) => !env[name])
    .map((name) => `${name}: missing. LETHE_OIDC_ISSUER needs it.`);
}

/** `LETHE_…` variables that are no setting: most likely misspelt. `LETHE_URL` and `LETHE_TOKEN` belong to the command line. */
export function unknownSettings(env: NodeJS.ProcessEnv = process.env): string[] {
  const known = new Set<string>(Object.values(definitions).map((definition) => definition.env));
  return Object.keys(env).filter(
    (name) => name.startsWith('LETHE_') && !known.has(name) && name !== 'LETHE_URL' && name !== 'LETHE_TOKEN',
  );
}
