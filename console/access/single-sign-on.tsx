import { Button, Divider, Stack } from '@mantine/core';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { SignInOptions } from '../../src/access/sign-in-routes.ts';
import type { SingleSignOnError } from '../../src/access/single-sign-on-routes.ts';
import { Problem } from '../api/problem.ts';
import { request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { askAuth } from './auth-calls.ts';

const words = texts.access.signIn;

export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in-options'],
  queryFn: ({ signal }) => request<SignInOptions>('GET', '/api/sign-in', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The way to the OpenID provider, where there is one. */
export function SingleSignOn({ callback }: { callback: string }) {
  const { data } = useQuery(signInOptionsQuery);
  const begin = useMutation({
    mutationFn: () => askAuth<{ url: string }>('sign-in/social', { provider: 'oidc', callbackURL: callback }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  if (!data?.singleSignOn) return null;
  return (
    <Stack gap="sm">
      <Divider label={words.or} />
      {begin.error !== null && <ProblemNotice error={begin.error} title={words.failed} />}
      <Button variant="default" fullWidth loading={begin.isPending || begin.isSuccess} onClick={() => begin.mutate()}>
        {words.withProvider(data.singleSignOn.name)}
      </Button>
    </Stack>
  );
}

/** What single sign-on came back with, as a problem that says what to do; the address itself is never shown. */
export function problemOfSingleSignOn(code: string, name: string = words.provider): Problem {
  const known = Object.hasOwn(words.singleSignOn, code) ? (code as SingleSignOnError) : 'single_sign_on.failed';
  return new Problem(403, { code: known, detail: words.singleSignOn[known](name) });
}
