import { Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import classes from './backup-codes.module.css';

const words = texts.access.account.secondFactor;

export interface BackupCodesProps {
  codes: readonly string[];
  text: string;
  onKept(): void;
}

/** The codes for when the phone is not there, once: to copy, to keep as a file, or to write down. */
export function BackupCodes({ codes, text, onKept }: BackupCodesProps) {
  return (
    <Stack>
      <Text size="sm" role="status">
        {text}
      </Text>
      <ul className={classes.codes} aria-label={words.codesTitle}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Text size="sm" c="dimmed">
        {words.codesText}
      </Text>
      <Group justify="space-between">
        <Group gap="xs">
          <CopyButton value={codes.join('\n')}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
              >
                {copied ? texts.actions.copied : words.copyCodes}
              </Button>
            )}
          </CopyButton>
          <Button
            variant="default"
            onClick={() => download(codes)}
            leftSection={<IconDownload size={15} aria-hidden />}
          >
            {words.downloadCodes}
          </Button>
        </Group>
        <Button onClick={onKept}>{words.kept}</Button>
      </Group>
    </Stack>
  );
}

function download(codes: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([`${codes.join('\n')}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = words.codesFile;
  link.click();
  URL.revokeObjectURL(url);
}
