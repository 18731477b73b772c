import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import type { FileProblem } from './file-start.ts';
import classes from './imports.module.css';

/** Why a chosen file cannot be imported, and what to do about it. */
export function FileFaultNotice({ error }: { error: FileProblem }) {
  const { problems } = texts.imports;
  return (
    <Alert
      role="alert"
      variant="light"
      color="orange"
      title={problems.title}
      icon={<IconAlertTriangle aria-hidden />}
      className={classes.failure}
    >
      {problems[error.code]}
    </Alert>
  );
}
