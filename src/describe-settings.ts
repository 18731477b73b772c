import type { Definition } from './setting-shapes.ts';
import { definitions, readSettings, type SettingName } from './settings.ts';

/** Every setting as `lethe settings` shows it: value in force, where it came from, what it means; secrets hidden. */
export function describeSettings(env: NodeJS.ProcessEnv = process.env) {
  const settings = readSettings(env);
  return Object.entries<Definition<unknown>>(definitions).map(([name, definition]) => {
    const value = settings[name as SettingName];
    const set = env[definition.env] !== undefined && env[definition.env] !== '';
    return {
      name: definition.env,
      value:
        definition.secret && value !== undefined && !(Array.isArray(value) && value.length === 0)
          ? '********'
          : (value ?? null),
      from: set ? 'environment' : 'default',
      means: definition.means,
    };
  });
}
