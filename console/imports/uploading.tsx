import { Button, Group, Progress, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { idempotencyKey } from '../deletions/idempotency-key.ts';
import { texts } from '../texts/texts.ts';
import { Confirmation } from '../ui/confirmation.tsx';
import { bytes } from '../ui/numbers.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './imports.module.css';
import { type Upload, upload } from './upload.ts';

export interface UploadingProps {
  wanted: Omit<Upload, 'idempotencyKey'>;
  onReceived(item: ImportDetails): void;
  /** Back to what the file means, with everything as it was. */
  onBack(): void;
}

/** Sends the file, and says how much of it has gone. Can be cancelled until all of it is received. */
export function Uploading({ wanted, onReceived, onBack }: UploadingProps) {
  const { sent, error, isUnderWay, tryAgain, cancel } = useUpload(wanted, onReceived);
  const { upload: texted } = texts.imports;
  const { size } = wanted.file;
  const blocker = useBlocker({ shouldBlockFn: isUnderWay, enableBeforeUnload: isUnderWay, withResolver: true });
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that had the focus is gone when this appears.
  useEffect(() => heading.current?.focus(), []);
  if (error !== undefined) {
    return (
      <Stack align="flex-start">
        <ProblemNotice error={error} title={texted.refused} retry={tryAgain} />
        <Button variant="default" onClick={onBack}>
          {texted.back}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack component="section" gap="sm" className={classes.panel} aria-labelledby="upload">
      <Title order={2} id="upload" ref={heading} tabIndex={-1} className={classes.focused}>
        {texted.title(wanted.file.name)}
      </Title>
      <Progress
        value={(100 * sent) / size}
        aria-label={texted.sent(bytes(sent), bytes(size))}
        transitionDuration={200}
      />
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed">
          {sent >= size ? texted.receiving : texted.sent(bytes(sent), bytes(size))}
        </Text>
        <VisuallyHidden role="status">{sent >= size ? texted.receiving : ''}</VisuallyHidden>
        <Button
          variant="default"
          onClick={() => {
            cancel();
            onBack();
          }}
        >
          {texts.actions.cancel}
        </Button>
      </Group>
      <Confirmation
        opened={blocker.status === 'blocked'}
        title={texts.imports.new.leave.title}
        action={texts.imports.new.leave.action}
        onCancel={() => blocker.reset?.()}
        onConfirm={() => {
          cancel();
          blocker.proceed?.();
        }}
      >
        {texts.imports.new.leave.text}
      </Confirmation>
    </Stack>
  );
}

/** One upload, and another after a failure under the same key, so that a file whose answer was lost is not imported twice. */
function useUpload(wanted: UploadingProps['wanted'], onReceived: UploadingProps['onReceived']) {
  const [sent, setSent] = useState(0);
  const [error, setError] = useState<unknown>();
  // Not a state: leaving is asked about in the same moment in which the answer leads on.
  const isOver = useRef(false);
  const [attempt, setAttempt] = useState(1);
  const key = useRef(idempotencyKey());
  const running = useRef<AbortController>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    upload({ ...wanted, idempotencyKey: key.current }, { onSent: setSent, signal }).then(
      (item) => {
        isOver.current = true;
        onReceived(item);
      },
      (reason: unknown) => {
        if (signal.aborted) return;
        isOver.current = true;
        setError(reason);
      },
    );
    return () => controller.abort();
  }, [attempt]);
  const tryAgain = () => {
    setError(undefined);
    isOver.current = false;
    setSent(0);
    setAttempt(attempt + 1);
  };
  return { sent, error, isUnderWay: () => !isOver.current, tryAgain, cancel: () => running.current?.abort() };
}
