import { SegmentedControl } from '@mantine/core';
import { Fragment, memo } from 'react';
import { texts } from '../../texts/texts.ts';
import { AddEntry } from './add-entry.tsx';
import { type Draft, type DraftEntry, type DraftGroup, isGroup, type Join } from './draft.ts';
import { mayAddGroup, ownLevels } from './draft-changes.ts';
import { useEditor } from './editor-context.ts';
import { EntryButtons } from './entry-buttons.tsx';
import { Faults } from './faults.tsx';
import { LineBox } from './line-box.tsx';
import classes from './rule-builder.module.css';

/** What the server refuses, by the line or group that it concerns. */
export type Problems = ReadonlyMap<string, readonly string[]>;

interface EntriesProps {
  group: DraftGroup;
  /** How many groups of the rule it stands in. */
  above: number;
  /** Number of the group, empty for the outermost. */
  number: string;
  problems: Problems;
}

const none: readonly string[] = [];

/** The outermost group, which is the rule: nothing can be done to it as a whole but choosing how its entries are joined. */
export function RootBox({ draft, problems }: { draft: Draft; problems: Problems }) {
  const { rules } = texts;
  const faultsId = `${draft.id}-faults`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out like this.
    <div className={classes.root} role="group" aria-label={rules.rule} data-wrong={problems.has(draft.id) || undefined}>
      {(draft.entries.length > 1 || draft.join === 'none') && <JoinSwitch group={draft} />}
      {draft.entries.length === 0 && <p className={classes.empty}>{rules.empty}</p>}
      <Entries group={draft} above={0} number="" problems={problems} />
      <Faults id={faultsId} missing={[]} problems={problems.get(draft.id) ?? none} />
      <AddEntry group={draft.id} name={rules.rule} mayAddGroup={mayAddGroup(draft, 0)} />
    </div>
  );
}

interface GroupBoxProps extends EntriesProps {
  mayUp: boolean;
  mayDown: boolean;
}

/** Drawn anew only when something in it changes. */
const GroupBox = memo(({ group, above, number, problems, mayUp, mayDown }: GroupBoxProps) => {
  const name = texts.rules.group(number);
  const faultsId = `${group.id}-faults`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out like this.
    <div
      className={classes.group}
      role="group"
      aria-label={name}
      aria-describedby={faultsId}
      data-wrong={problems.has(group.id) || undefined}
    >
      <div className={classes.head}>
        <JoinSwitch group={group} />
        <EntryButtons entry={group.id} name={name} mayUp={mayUp} mayDown={mayDown} />
      </div>
      <Entries group={group} above={above} number={number} problems={problems} />
      <Faults
        id={faultsId}
        missing={group.entries.length === 0 ? ['entry'] : []}
        problems={problems.get(group.id) ?? none}
      />
      <AddEntry group={group.id} name={name} mayAddGroup={mayAddGroup(group, above)} />
    </div>
  );
});
GroupBox.displayName = 'GroupBox';

function Entries({ group, above, number, problems }: EntriesProps) {
  const last = group.entries.length - 1;
  const isRoot = number === '';
  const within = above + ownLevels(group);
  return group.entries.map((entry, index) => (
    <Fragment key={entry.id}>
      {index > 0 && (
        <div className={classes.between} aria-hidden>
          {texts.rules.between[group.join]}
        </div>
      )}
      <Entry
        entry={entry}
        above={within}
        number={number === '' ? `${index + 1}` : `${number}.${index + 1}`}
        // Within a group there is always somewhere to go: out of it.
        mayUp={!isRoot || index > 0}
        mayDown={!isRoot || index < last}
        problems={problems}
      />
    </Fragment>
  ));
}

function Entry({ entry, ...props }: Omit<GroupBoxProps, 'group'> & { entry: DraftEntry }) {
  if (isGroup(entry)) return <GroupBox group={entry} {...props} />;
  const { number, mayUp, mayDown, problems } = props;
  return <LineBox line={entry} {...{ number, mayUp, mayDown }} problems={problems.get(entry.id) ?? none} />;
}

function JoinSwitch({ group }: { group: DraftGroup }) {
  const { acts } = useEditor();
  const { joins, join } = texts.rules;
  return (
    <SegmentedControl
      size="xs"
      className={classes.join}
      aria-label={join}
      value={group.join}
      data={Object.entries(joins).map(([value, label]) => ({ value, label }))}
      onChange={(chosen) => acts.join(group.id, chosen as Join)}
    />
  );
}
