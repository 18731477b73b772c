import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { Rule } from '../../src/segments/rule.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Screen } from '../ui/screen.tsx';
import { type Beginning, NewSegmentForm } from './new-segment-form.tsx';
import { readyMade, type Template } from './ready-made.ts';
import { segmentQuery } from './segment-queries.ts';

/** A new segment: from nothing, from one that is ready-made, or as a copy of another. */
export function NewSegmentScreen() {
  const { ds: dataset } = useParams({ from: '/signed-in/datasets/$ds/segments/new' });
  const { from, template } = useSearch({ from: '/signed-in/datasets/$ds/segments/new' });
  const mayEdit = useMay('editSegments', dataset);
  const { title, create } = texts.segments;
  const crumbs = [{ label: title, link: { to: '/datasets/$ds/segments', params: { ds: dataset } } }] as const;
  const heading = from === undefined ? create.title : create.cloneTitle;
  if (!mayEdit)
    return (
      <Screen title={heading} crumbs={crumbs}>
        {create.notAllowed}
      </Screen>
    );
  return (
    <Screen title={heading} crumbs={crumbs}>
      {from === undefined ? (
        <NewSegmentForm key={template} dataset={dataset} begin={beginningOf(template)} />
      ) : (
        <CloneForm key={from} dataset={dataset} from={from} />
      )}
    </Screen>
  );
}

function CloneForm({ dataset, from }: { dataset: string; from: string }) {
  const { create } = texts.segments;
  // As it was when one began: that it changes meanwhile changes nothing in what is being typed.
  const { data: segment, error, refetch } = useQuery({ ...segmentQuery(dataset, from), refetchInterval: false });
  if (error && !segment) return <ProblemNotice error={error} title={create.notCloned} retry={() => void refetch()} />;
  if (!segment) return <Loading what={create.loading} />;
  return <NewSegmentForm dataset={dataset} begin={copyOf(segment)} isCopy />;
}

function copyOf({ name, kind, folder, rule }: SegmentItem): Beginning {
  return {
    name: texts.segments.create.copyOf(name),
    kind,
    folder: folder ?? '',
    rule: kind === 'rule' ? (rule as Rule) : undefined,
  };
}

function beginningOf(template: Template | undefined): Beginning {
  if (template === undefined) return { name: '', kind: 'rule', folder: '', rule: undefined };
  return { name: texts.segments.readyMade[template], kind: 'rule', folder: '', rule: readyMade[template] };
}
