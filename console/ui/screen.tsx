import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { texts } from '../texts/texts.ts';
import classes from './screen.module.css';

export interface Crumb {
  label: string;
  link: LinkProps;
}

export interface ScreenProps {
  title: string;
  /** The title of the window where it is another one: browsers keep it in their history, where nobody's name belongs. */
  windowTitle?: string;
  /** Where this screen hangs: the lists above it. */
  crumbs?: readonly Crumb[];
  /** Beside the title: states, figures. */
  beside?: ReactNode;
  /** One obvious next step, and few others; on the right. */
  actions?: ReactNode;
  /** One quiet line under the title. */
  description?: ReactNode;
  children: ReactNode;
}

/** What every screen has: its place, its title (which takes the focus when the screen opens), its actions, its content. */
export function Screen(props: ScreenProps) {
  const { title, windowTitle = title, crumbs = [], beside, actions, description, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${windowTitle} · Lethe`;
  }, [windowTitle]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="md" className={classes.screen}>
      <div>
        {crumbs.length > 0 && (
          <nav aria-label={texts.breadcrumbs}>
            <Breadcrumbs mb={4}>
              {crumbs.map(({ label, link }) => (
                <Anchor key={label} size="sm" renderRoot={(props) => <Link {...props} {...link} />}>
                  {label}
                </Anchor>
              ))}
            </Breadcrumbs>
          </nav>
        )}
        <Group justify="space-between" align="center" gap="sm">
          <Group gap="sm" align="center" className={classes.heading}>
            <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
              {title}
            </Title>
            {beside}
          </Group>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {description && (
          <Text size="sm" c="dimmed" mt={2} component="div">
            {description}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
