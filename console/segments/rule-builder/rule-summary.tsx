import { Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Condition, Rule } from '../../../src/segments/rule.ts';
import { texts } from '../../texts/texts.ts';
import { segmentsQuery } from '../segment-queries.ts';
import { conditionDraftOf } from './condition-draft.ts';
import { type DraftEntry, draftOf, isGroup } from './draft.ts';
import classes from './rule-builder.module.css';
import { ruleText } from './rule-text.ts';
import type { Json } from './written.ts';
import { writtenCondition } from './written-condition.ts';

export interface RuleSummaryProps {
  dataset: string;
  rule: Rule;
}

/** A rule in words, to read. */
export function RuleSummary({ dataset, rule }: RuleSummaryProps) {
  const { data: segments = [] } = useQuery(segmentsQuery(dataset, true));
  const segmentName = (id: string) => segments.find((segment) => segment.id === id)?.name ?? id;
  const draft = draftOf(rule);
  const [only] = draft.entries;
  const isPlain = draft.plain && draft.entries.length === 1 && draft.join !== 'none';
  return (
    <div className={classes.words}>
      <Words entry={isPlain && only ? only : draft} segmentName={segmentName} />
    </div>
  );
}

interface WordsProps {
  entry: DraftEntry;
  segmentName(id: string): string;
}

function Words({ entry, segmentName }: WordsProps) {
  const { words } = texts.rules;
  if (!isGroup(entry)) return <Sentence json={writtenCondition(entry.condition, [])} segmentName={segmentName} />;
  const { join, entries } = entry;
  return (
    <>
      <span className={classes.word}>{join === 'none' && entries.length === 1 ? words.not : words[join]}</span>
      <ul>
        {entries.map((each) => (
          <li key={each.id}>
            <Words entry={each} segmentName={segmentName} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Sentence({ json, segmentName }: { json: Json; segmentName(id: string): string }) {
  const { words } = texts.rules;
  if (conditionDraftOf(json).of === 'json') return <Code>{ruleText(json)}</Code>;
  return <span>{words.condition(json as Condition, { segment: segmentName, import: (id) => id })}</span>;
}
