import { Container } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { Problem } from '../api/problem.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { NotFoundScreen } from './not-found-screen.tsx';

/** In place of a screen that could not be shown. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (error instanceof Problem && error.status === 404) return <NotFoundScreen />;
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <ProblemNotice error={error} retry={retry} />
    </Container>
  );
}
