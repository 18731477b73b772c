import { ActionIcon, Anchor, Button, CopyButton, Group, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { memo, useMemo, useRef } from 'react';
import type { FieldProblem } from '../../api/problem.ts';
import { texts } from '../../texts/texts.ts';
import { lineOf, linesOfValues } from './json-lines.ts';
import classes from './rule-builder.module.css';

export interface JsonPanelProps {
  text: string;
  /** Why it is no JSON. */
  fault: string | undefined;
  /** What the server refuses in it. */
  errors: readonly FieldProblem[];
  /** Absent where it is only to read. */
  onType?(text: string): void;
  onUndo(): void;
}

/** The rule as JSON: to read, to copy, and to edit, with what is wrong at its line. */
export function JsonPanel({ text, fault, errors, onType, onUndo }: JsonPanelProps) {
  const { json } = texts.rules;
  const wrong = useMemo(() => wrongLines(text, fault, errors), [text, fault, errors]);
  const field = useRef<HTMLTextAreaElement>(null);
  const goTo = (line: number) => {
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    field.current?.focus();
    field.current?.setSelectionRange(start, text.indexOf('\n', start) === -1 ? text.length : text.indexOf('\n', start));
  };
  return (
    <section className={classes.panel} aria-label={json.title}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <h3 className={classes.panelTitle}>{json.title}</h3>
        <CopyJson text={text} />
      </Group>
      <JsonField text={text} wrong={wrong.map(({ line }) => line)} onType={onType} field={field} />
      {fault !== undefined && (
        <div role="alert" className={classes.problem}>
          {json.notJson(fault)}{' '}
          <Button size="compact-xs" variant="default" onClick={onUndo}>
            {json.undo}
          </Button>
        </div>
      )}
      {wrong.map(({ line, detail }) => (
        <Anchor
          key={`${line} ${detail}`}
          component="button"
          type="button"
          className={classes.problemLink}
          onClick={() => goTo(line)}
        >
          {json.line(line, detail)}
        </Anchor>
      ))}
      {onType && (
        <Text size="xs" c="dimmed">
          {json.hint}
        </Text>
      )}
    </section>
  );
}

interface JsonFieldProps {
  text: string;
  wrong: readonly number[];
  onType: ((text: string) => void) | undefined;
  field: React.RefObject<HTMLTextAreaElement | null>;
}

const linesMin = 4;

function JsonField({ text, wrong, onType, field }: JsonFieldProps) {
  const { json } = texts.rules;
  const lines = Math.max(text.split('\n').length, linesMin);
  return (
    <div className={classes.json}>
      <LineNumbers lines={lines} wrong={wrong.join()} />
      <textarea
        ref={field}
        aria-label={json.label}
        aria-invalid={wrong.length > 0 || undefined}
        rows={lines}
        wrap="off"
        value={text}
        placeholder={json.none}
        readOnly={onType === undefined}
        onChange={({ currentTarget }) => onType?.(currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
      />
    </div>
  );
}

/** `wrong` are the lines to mark, as one text. */
const LineNumbers = memo(({ lines, wrong }: { lines: number; wrong: string }) => {
  const marked = new Set(wrong.split(',').map(Number));
  return (
    <div className={classes.lineNumbers} aria-hidden>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} data-wrong={marked.has(index + 1) || undefined}>
          {index + 1}
        </span>
      ))}
    </div>
  );
});
LineNumbers.displayName = 'LineNumbers';

function CopyJson({ text }: { text: string }) {
  const { actions, rules } = texts;
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? actions.copied : actions.copy}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={26}
            onClick={copy}
            aria-label={copied ? actions.copied : actions.copyOf(rules.json.what)}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

function wrongLines(text: string, fault: string | undefined, errors: readonly FieldProblem[]) {
  if (errors.length === 0 || fault !== undefined || text.trim() === '') return [];
  const lines = linesOfValues(text, 'rule');
  return errors.map(({ field, detail }) => ({ line: lineOf(field, lines), detail }));
}
