import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useRouter } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { currentSession } from './auth-calls.ts';
import { Doorway } from './doorway.tsx';
import { NewPasswordForm } from './new-password-form.tsx';

const words = texts.access.signIn;

/** Where a member with a one-time password is led from anywhere: nothing else works until it is replaced. */
export function NewPasswordScreen() {
  const router = useRouter();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['own-session'],
    queryFn: ({ signal }) => currentSession(signal),
  });
  if (data === null) return <Navigate to="/sign-in" replace />;
  if (data && !data.user.mustChangePassword) return <Navigate to="/" replace />;
  const goOn = () => {
    queryClient.clear();
    router.history.push('/');
  };
  return (
    <Doorway title={words.newPassword.title} description={words.newPassword.text}>
      {error !== null && <ProblemNotice error={error} retry={refetch} />}
      {data === undefined && error === null && <Loading what={words.product} lines={3} />}
      {data && <NewPasswordForm email={data.user.email} currentLabel={words.newPassword.oneTime} onSet={goOn} />}
    </Doorway>
  );
}
