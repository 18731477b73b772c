import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TokenItem } from '../../src/access/token-routes.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ShownOnce } from './shown-once.tsx';
import { type NewToken, TokenForm } from './token-form.tsx';
import { tokensQuery } from './token-queries.ts';

const words = texts.access.tokens;

/** Makes a token, then shows it with its secret, which is nowhere else. */
export function MakeToken({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: (body: NewToken) => request<TokenItem & { secret: string }>('POST', '/api/tokens', { body }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    gcTime: 0,
  });
  const close = () => {
    onClose();
    make.reset();
  };
  const made = make.data;
  return (
    <Dialog
      opened={opened}
      title={made ? words.made(made.name) : words.makeTitle}
      size="lg"
      onClose={close}
      closesOnClickOutside={made === undefined}
    >
      {made ? (
        <Made token={`${made.keyId}:${made.secret}`} onClose={close} />
      ) : (
        <TokenForm busy={make.isPending} error={make.error} onSubmit={make.mutate} onCancel={close} />
      )}
    </Dialog>
  );
}

function Made({ token, onClose }: { token: string; onClose(): void }) {
  const { origin } = window.location;
  return (
    <Stack>
      <Text size="sm">{words.madeText}</Text>
      <ShownOnce value={token} label={words.secretLabel} />
      <Stack gap={6}>
        <Text size="sm" fw={600}>
          {words.useTitle}
        </Text>
        <Text size="sm">{words.commandLine}</Text>
        <Code block>{`export LETHE_URL=${origin}\nexport LETHE_TOKEN=keyId:secret\nlethe datasets`}</Code>
        <Text size="sm">{words.http}</Text>
        <Code block>{`curl -u "$LETHE_TOKEN" ${origin}/api/datasets`}</Code>
      </Stack>
      <Group justify="flex-end">
        <Button onClick={onClose}>{words.done}</Button>
      </Group>
    </Stack>
  );
}
