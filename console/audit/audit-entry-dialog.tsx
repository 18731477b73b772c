import { Anchor, Stack } from '@mantine/core';
import type { AuditEntry } from '../../src/audit/audit-routes.ts';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { localExactMoment, utcMoment } from '../ui/moments.ts';
import { wordsOfAction } from './audit-columns.tsx';
import classes from './audits.module.css';
import { Versions } from './versions.tsx';

const words = texts.audit;

export interface AuditEntryDialogProps {
  entry: AuditEntry | undefined;
  /** Narrows the list to one actor. */
  onOnlyBy(actor: string): void;
  onClose(): void;
}

/** One entry: who did what to what, and how the thing was before and after. */
export function AuditEntryDialog({ entry, onOnlyBy, onClose }: AuditEntryDialogProps) {
  return (
    <Dialog opened={entry !== undefined} title={entry ? wordsOfAction(entry.action) : ''} size={860} onClose={onClose}>
      {entry && (
        <Stack>
          <Facts entry={entry} onOnlyBy={onOnlyBy} />
          <Versions before={entry.before} after={entry.after} action={entry.action} />
        </Stack>
      )}
    </Dialog>
  );
}

function Facts({ entry, onOnlyBy }: { entry: AuditEntry; onOnlyBy(actor: string): void }) {
  const { at, actor, dataset, object } = entry;
  return (
    <dl className={classes.facts}>
      <dt>{words.when}</dt>
      <dd>
        {localExactMoment(at)} · {utcMoment(at)}
      </dd>
      <dt>{words.by}</dt>
      <dd>
        {actor.name} · {words.actorKinds[actor.kind] ?? actor.kind}
        {' · '}
        <Anchor component="button" size="sm" onClick={() => onOnlyBy(actor.id)}>
          {words.entry.onlyBy(actor.name)}
        </Anchor>
      </dd>
      <dt>{words.dataset}</dt>
      <dd>{dataset ?? words.entry.wholeAccount}</dd>
      <dt>{words.objects[object.kind] ?? object.kind}</dt>
      <dd>
        <Copyable value={object.id} label={words.entry.id} />
      </dd>
    </dl>
  );
}
