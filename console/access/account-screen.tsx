import { DataList } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { datasetsQuery } from '../datasets/dataset-queries.ts';
import { texts } from '../texts/texts.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { useMe } from './me.ts';
import { OwnPassword } from './own-password.tsx';
import { SecondFactor } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';

const words = texts.access.account;

/** What concerns the signed-in member alone. */
export function AccountScreen() {
  return (
    <Screen title={words.title}>
      <div>
        <Panel title={words.who} text={words.changedByAdministrators}>
          <Who />
        </Panel>
        <Panel title={words.password.title} text={words.password.text}>
          <OwnPassword />
        </Panel>
        <Panel title={words.secondFactor.title}>
          <SecondFactor />
        </Panel>
        <Panel title={words.sessions.title} text={words.sessions.text}>
          <Sessions />
        </Panel>
      </div>
    </Screen>
  );
}

function Who() {
  const me = useMe();
  const { data: datasets } = useSuspenseQuery(datasetsQuery);
  const roles = datasets.flatMap(({ id, name }) => {
    const role = me.roles[id];
    return role ? [words.roleIn(texts.access.roleNames[role], name)] : [];
  });
  const { administrator, noRoles } = words;
  const facts = [
    { label: words.name, value: me.name },
    { label: words.email, value: me.email ?? texts.none },
    { label: words.roles, value: me.administrator ? administrator : roles.join(', ') || noRoles },
  ];
  return (
    <DataList orientation="horizontal" size="sm">
      {facts.map(({ label, value }) => (
        <DataList.Item key={label}>
          <DataList.ItemLabel>{label}</DataList.ItemLabel>
          <DataList.ItemValue>{value}</DataList.ItemValue>
        </DataList.Item>
      ))}
    </DataList>
  );
}
