import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { MemberItem } from '../../src/access/member-routes.ts';
import { detailOf, isProblem, type Problem } from '../api/problem.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { RoleFields, type RolesByDataset } from './role-fields.tsx';

const words = texts.access.members;

export interface MemberFields {
  name: string;
  email: string;
  administrator: boolean;
  roles: RolesByDataset;
}

export interface MemberFormProps {
  /** As the member is now; absent for a new one. */
  member?: MemberItem;
  action: string;
  failed: string;
  busy: boolean;
  error: unknown;
  onSubmit(fields: MemberFields): void;
  onCancel(): void;
}

export function MemberForm({ member, action, failed, busy, error, onSubmit, onCancel }: MemberFormProps) {
  const [fields, setFields] = useState<MemberFields>({
    name: member?.name ?? '',
    email: member?.email ?? '',
    administrator: member?.administrator ?? false,
    roles: member?.roles ?? {},
  });
  const change = (changed: Partial<MemberFields>) => setFields({ ...fields, ...changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({ ...fields, name: fields.name.trim(), email: fields.email.trim() });
  };
  const wrongEmail =
    detailOf(error, 'email') ?? (isProblem(error, 'member.exists') ? (error as Problem).message : undefined);
  const wrongName = detailOf(error, 'name');
  const isSaidElsewhere = wrongEmail !== undefined || wrongName !== undefined;
  const isOtherAddress = member !== undefined && fields.email.trim().toLowerCase() !== member.email;
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm">
        {error !== null && !isSaidElsewhere && <ProblemNotice error={error} title={failed} />}
        <TextInput
          label={words.name}
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          value={fields.name}
          error={wrongName}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={words.email}
          description={isOtherAddress ? words.newAddress : undefined}
          type="email"
          required
          withAsterisk={false}
          value={fields.email}
          error={wrongEmail}
          onChange={(event) => change({ email: event.currentTarget.value })}
        />
        <Checkbox
          label={words.administrator}
          description={words.administratorText}
          checked={fields.administrator}
          onChange={(event) => change({ administrator: event.currentTarget.checked })}
        />
        {!fields.administrator && (
          <RoleFields roles={fields.roles} text={words.rolesText} onChange={(roles) => change({ roles })} />
        )}
        <Decision action={action} busy={busy} onCancel={onCancel} />
      </Stack>
    </form>
  );
}

function Decision({ action, busy, onCancel }: Pick<MemberFormProps, 'action' | 'busy' | 'onCancel'>) {
  return (
    <Group justify="flex-end" mt="xs">
      <Button variant="default" onClick={onCancel}>
        {texts.actions.cancel}
      </Button>
      <Button type="submit" loading={busy}>
        {action}
      </Button>
    </Group>
  );
}
