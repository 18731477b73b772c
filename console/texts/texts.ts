import { access } from './en/access.ts';
import { audit } from './en/audit.ts';
import { datasets } from './en/datasets.ts';
import { deletions } from './en/deletions.ts';
import { frame } from './en/frame.ts';
import { general } from './en/general.ts';
import { imports } from './en/imports.ts';
import { privacy } from './en/privacy.ts';
import { profiles } from './en/profiles.ts';
import { rules } from './en/rules.ts';
import { segments } from './en/segments.ts';
import { sources } from './en/sources.ts';

/**
 * Every text of the console. They stand in `en/`, a file a word; another language is another folder with the same keys, which the
 * compiler holds it to (`typeof texts`). Sentence case, verbs on buttons, no exclamation marks.
 */
export const texts = {
  ...general,
  frame,
  access,
  audit,
  datasets,
  deletions,
  imports,
  privacy,
  profiles,
  rules,
  segments,
  sources,
};
