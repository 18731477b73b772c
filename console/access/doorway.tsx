import { Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { texts } from '../texts/texts.ts';
import classes from './doorway.module.css';

export interface DoorwayProps {
  title: string;
  /** One quiet line under the title. */
  description?: string;
  children: ReactNode;
  /** A quiet line below all. */
  foot?: string;
}

/** A screen before the frame: the product's name and one form. Its first field takes the focus, not the title. */
export function Doorway({ title, description, children, foot }: DoorwayProps) {
  useEffect(() => {
    document.title = `${title} · ${texts.access.signIn.product}`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.name}>
          <img src="/favicon.svg" alt="" width={30} height={30} />
          {texts.access.signIn.product}
        </div>
        <Stack className={classes.card} gap="md">
          <div>
            <Title order={1}>{title}</Title>
            {description && (
              <Text size="sm" c="dimmed" mt={4}>
                {description}
              </Text>
            )}
          </div>
          {children}
        </Stack>
        {foot && (
          <Text size="xs" c="dimmed" className={classes.foot}>
            {foot}
          </Text>
        )}
      </div>
    </main>
  );
}
