import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RulePreview } from '../../../src/segments/preview.ts';
import type { Rule } from '../../../src/segments/rule.ts';
import { inDataset, request } from '../../api/request.ts';

/** How long the rule has to stand still before it is counted, in milliseconds. */
const settledMs = 400;

export interface Previewed {
  /** Who matches; of the rule before while this one is being counted. */
  preview: RulePreview | undefined;
  /** When that was counted. */
  at: number;
  /** Whether it is of the rule as it stands. */
  isCurrent: boolean;
  /** Why this rule was not counted. */
  error: Error | null;
  retry(): void;
}

/** Who matches a rule now, exactly, a moment after it was changed. Nothing is asked while it is not complete. */
export function useRulePreview(dataset: string, rule: Rule | undefined): Previewed {
  const text = rule === undefined ? undefined : JSON.stringify(rule);
  const [settled] = useDebouncedValue(text, settledMs);
  const isSettled = text !== undefined && settled === text;
  const { data, error, dataUpdatedAt, isPlaceholderData, refetch } = useQuery({
    queryKey: ['rule-preview', dataset, settled],
    // In the body, as rules name people's addresses.
    queryFn: ({ signal }) =>
      request<RulePreview>('POST', inDataset(dataset, 'segments', 'preview'), {
        body: { rule: JSON.parse(settled ?? 'null') },
        signal,
      }),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  return {
    preview: text === undefined ? undefined : data,
    at: dataUpdatedAt,
    isCurrent: isSettled && !isPlaceholderData && data !== undefined,
    error: isSettled ? error : null,
    retry: () => void refetch(),
  };
}
