import { Group, type MantineColorScheme, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMe } from '../access/me.ts';
import { signOut } from '../access/sign-out.ts';
import { texts } from '../texts/texts.ts';
import classes from './frame.module.css';

const schemes: MantineColorScheme[] = ['light', 'dark', 'auto'];

/** Who is signed in, and what concerns that member alone. */
export function AccountMenu() {
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={classes.selector} aria-label={`${texts.frame.account}: ${me.name}`}>
          <Group gap={6} wrap="nowrap">
            <Text size="sm" className={classes.datasetName} visibleFrom="sm">
              {me.name}
            </Text>
            <Text size="sm" hiddenFrom="sm" aria-hidden>
              {initialsOf(me.name)}
            </Text>
            <IconChevronDown size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email ?? me.name}</Menu.Label>
        <Menu.Item renderRoot={(props) => <Link {...props} to="/account" />}>{texts.frame.account}</Menu.Item>
        <Menu.Item renderRoot={(props) => <Link {...props} to="/help/$page" params={{ page: 'README' }} />}>
          {texts.frame.help}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{texts.frame.colorScheme}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}>
          {schemes.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {texts.frame[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={signOut}>{texts.frame.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '').join('');
}
