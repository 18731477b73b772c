import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TokenItem } from '../../src/access/token-routes.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { tokensQuery } from './token-queries.ts';

const words = texts.access.tokens;

export function RevokeToken({ token, onClose }: { token: TokenItem | undefined; onClose(): void }) {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: ({ keyId }: TokenItem) => request<void>('DELETE', `/api/tokens/${encodeURIComponent(keyId)}`),
    onSuccess: (_answer, { name }) => {
      notifications.show({ message: words.revoked(name) });
      void queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
      onClose();
    },
  });
  const cancel = () => {
    revoke.reset();
    onClose();
  };
  return (
    <Confirmation
      opened={token !== undefined}
      title={words.revokeTitle(token?.name ?? '')}
      action={words.revokeAction}
      danger
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => token && revoke.mutate(token)}
      onCancel={cancel}
    >
      {words.revokeText}
    </Confirmation>
  );
}
