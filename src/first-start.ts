import { bootstrapAdministrator, bootstrapToken } from './access/bootstrap.ts';
import { systemActor } from './access/system-actor.ts';
import { createWriteKey } from './access/write-keys.ts';
import { createDataset } from './datasets/create.ts';
import { findDataset } from './datasets/dataset-sql.ts';
import { LetheError } from './errors.ts';
import type { Lethe } from './lethe.ts';

export interface FirstAdministrator {
  email: string;
  /** Shown once; undefined when LETHE_ADMIN_PASSWORD gave the password. */
  oneTimePassword: string | undefined;
}

/**
 * Creates what the settings ask for and does not exist yet: the first administrator, a token, datasets, write keys. What exists
 * stays as it is, and the log says so. Answers the administrator when this start made one.
 */
export async function createWhatSettingsAskFor(lethe: Lethe): Promise<FirstAdministrator | undefined> {
  const { settings, database } = lethe;
  const now = lethe.now();
  const ignored = (setting: string, what: string) => lethe.announce('server.bootstrap_ignored', { setting, what });

  const wanted = { email: settings.adminEmail, password: settings.adminPassword, now };
  const administrator = await bootstrapAdministrator(database.starts, wanted);
  if (!administrator && settings.adminPassword) ignored('LETHE_ADMIN_PASSWORD', 'there are members already');

  const token = settings.bootstrapToken;
  if (token && !(await bootstrapToken(database.starts, token, now))) {
    ignored('LETHE_BOOTSTRAP_TOKEN', 'there is a token with this key id already');
  }
  for (const id of settings.bootstrapDatasets) {
    const { partitions, datasetsMax } = settings;
    await createDataset(database.starts, { id, name: id, type: 'production' }, { partitions, datasetsMax, now }).catch(
      unlessExists('dataset.exists', () => ignored('LETHE_BOOTSTRAP_DATASETS', `the dataset ${id} exists already`)),
    );
  }
  for (const entry of settings.bootstrapWriteKeys) {
    await bootstrapWriteKey(lethe, entry).catch(
      unlessExists('write_key.exists', () => ignored('LETHE_BOOTSTRAP_WRITE_KEY', 'a write key exists already')),
    );
  }
  return administrator;
}

async function bootstrapWriteKey({ database, now }: Lethe, entry: string): Promise<void> {
  const [, id = '', key = ''] = /^([^:]+):(\S+)$/.exec(entry) ?? [];
  const dataset = await findDataset(database.reads, id);
  if (!dataset) {
    const detail =
      'LETHE_BOOTSTRAP_WRITE_KEY names datasets that exist, as dataset:key; several are separated by commas.';
    throw new LetheError('unacceptable', 'settings.invalid', detail);
  }
  await createWriteKey(database.starts, dataset, { name: 'Bootstrap', key }, { actor: systemActor, now: now() });
}

function unlessExists(code: string, onExisting: () => void) {
  return (error: unknown): void => {
    if (!(error instanceof LetheError) || error.code !== code) throw error;
    onExisting();
  };
}
