import { Button, FileButton, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, useEffect, useState } from 'react';
import { texts } from '../texts/texts.ts';
import classes from './imports.module.css';

const endings = '.csv,.ndjson,.jsonl,.json,.txt,.gz,text/csv,application/x-ndjson,application/gzip';

/** A place to drop a file, and a button for everybody who does not drag. */
export function FileChoice({ onChoose }: { onChoose(file: File): void }) {
  const [isOver, setOver] = useState(false);
  useNoStrayDrops();
  const { new: texted } = texts.imports;
  const drop = (event: DragEvent) => {
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onChoose(file);
  };
  return (
    <section
      aria-label={texted.file}
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconFileUpload size={28} stroke={1.4} aria-hidden />
      <Text fw={600}>{texted.drop}</Text>
      <ChooseFile label={texted.choose} onChoose={onChoose} />
      <Text size="sm" c="dimmed" maw={520}>
        {texted.dropHint}
      </Text>
    </section>
  );
}

/** The button alone. */
export function ChooseFile({ label, onChoose, quiet }: { label: string; onChoose(file: File): void; quiet?: boolean }) {
  const take = (file: File | null) => {
    if (file) onChoose(file);
  };
  return (
    <FileButton onChange={take} accept={endings} inputProps={{ 'aria-label': label }}>
      {(props) => (
        <Button {...props} variant={quiet ? 'default' : 'filled'} size={quiet ? 'xs' : 'sm'}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}

/** A file that misses the place would be opened by the browser in place of this page. */
function useNoStrayDrops(): void {
  useEffect(() => {
    const refuse = (event: Event) => event.preventDefault();
    window.addEventListener('dragover', refuse);
    window.addEventListener('drop', refuse);
    return () => {
      window.removeEventListener('dragover', refuse);
      window.removeEventListener('drop', refuse);
    };
  }, []);
}
