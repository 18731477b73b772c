import { Table, Text, VisuallyHidden } from '@mantine/core';
import { texts } from '../texts/texts.ts';
import classes from './audits.module.css';
import { differences, fieldsOf, isVersion, type Line } from './differences.ts';

const words = texts.audit.entry;

export interface VersionsProps {
  before: unknown;
  after: unknown;
  action: string;
}

/** Both versions side by side where there are two; the one that there is otherwise. */
export function Versions({ before, after, action }: VersionsProps) {
  if (isVersion(before) && isVersion(after)) return <Compared before={before} after={after} />;
  if (isVersion(before)) return <One version={before} title={words.asDeleted} />;
  if (isVersion(after)) return <One version={after} title={titleOf(action)} />;
  return (
    <Text size="sm" c="dimmed">
      {words.noVersions}
    </Text>
  );
}

function titleOf(action: string): string {
  return action.endsWith('.created') ? words.asCreated : words.asDone;
}

type Version = Readonly<Record<string, unknown>>;

function Compared({ before, after }: { before: Version; after: Version }) {
  return (
    <Framed label={words.versions}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{words.field}</Table.Th>
          <Table.Th scope="col">{words.before}</Table.Th>
          <Table.Th scope="col">{words.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {differences(before, after).map((row) => (
          <Table.Tr key={row.field} data-differs={row.differs || undefined} data-quiet={!row.differs || undefined}>
            <Table.Th scope="row">
              {row.field}
              <Text size="xs" c="dimmed">
                {row.differs ? words.changed : words.unchanged}
              </Text>
            </Table.Th>
            <Table.Td>
              <Lines lines={row.before} mark="removed" />
            </Table.Td>
            <Table.Td>
              <Lines lines={row.after} mark="added" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Framed>
  );
}

const signs = { removed: '−', added: '+' };
const spoken = { removed: words.removedLine, added: words.addedLine };

function Lines({ lines, mark }: { lines: readonly Line[] | undefined; mark: 'removed' | 'added' }) {
  if (!lines) {
    return (
      <Text size="xs" c="dimmed">
        {words.absent}
      </Text>
    );
  }
  return lines.map(({ text, differs }, index) => (
    <div key={index} className={classes.line} data-mark={differs ? mark : undefined}>
      <span aria-hidden>{differs ? signs[mark] : ' '}</span>
      <span>
        {differs && <VisuallyHidden>{spoken[mark]}</VisuallyHidden>}
        {text}
      </span>
    </div>
  ));
}

function One({ version, title }: { version: Version; title: string }) {
  return (
    <Framed label={title}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{words.field}</Table.Th>
          <Table.Th scope="col">{title}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fieldsOf(version).map(({ field, lines }) => (
          <Table.Tr key={field}>
            <Table.Th scope="row">{field}</Table.Th>
            <Table.Td>
              <Lines lines={lines.map((text) => ({ text, differs: false }))} mark="added" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Framed>
  );
}

function Framed({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard.
    <section className={classes.versions} tabIndex={0} aria-label={label}>
      <Table aria-label={label}>{children}</Table>
    </section>
  );
}
