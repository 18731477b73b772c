import { useQuery } from '@tanstack/react-query';
import { texts } from '../../texts/texts.ts';
import { Choice } from './choice.tsx';
import { type Operator, operators } from './comparison-draft.ts';
import { Operands } from './comparison-fields.tsx';
import type { FieldsProps } from './condition-fields.tsx';
import { useEditor } from './editor-context.ts';
import { NameInput } from './name-input.tsx';
import { vocabulary } from './vocabulary-queries.ts';

type Asked = Operator | 'present' | 'absent';

/** "email · contains · @example.com", or whether there is one at all. */
export function IdentityFields({ condition, onChange }: FieldsProps<'identity'>) {
  const { fields, operator } = texts.rules;
  const { data: types = [] } = useQuery(vocabulary.identityTypes(useEditor().dataset));
  const { type, present, asked } = condition;
  const choose = (chosen: Asked) => {
    if (chosen === 'present' || chosen === 'absent') onChange({ ...condition, present: chosen === 'present' });
    else onChange({ ...condition, present: undefined, asked: { ...asked, is: chosen } });
  };
  const value: Asked = present === undefined ? asked.is : present ? 'present' : 'absent';
  return (
    <>
      <NameInput
        label={fields.identityType}
        value={type}
        suggestions={types.map((each) => ({ value: each.type, beside: fields.users(each.users) }))}
        onChange={(typed) => onChange({ ...condition, type: typed })}
      />
      <Choice label={operator} value={value} options={choicesFor(value)} onChange={choose} />
      {present === undefined && <Operands asked={asked} onChange={(now) => onChange({ ...condition, asked: now })} />}
    </>
  );
}

/** "Any value" and "no value" say once more what "has one" and "has none" say: they are shown to those who wrote them. */
function choicesFor(value: Asked) {
  const { present, operators: words, valueKinds } = texts.rules;
  const ofOperators = (list: readonly Operator[]) => list.map((each) => ({ value: each as Asked, label: words[each] }));
  const isOfEvery = (operators.every as readonly string[]).includes(value);
  return [
    {
      group: present.label,
      items: [
        { value: 'present' as Asked, label: present.yes },
        { value: 'absent' as Asked, label: present.no },
        ...(isOfEvery ? ofOperators(operators.every) : []),
      ],
    },
    { group: valueKinds.text, items: ofOperators(operators.text) },
  ];
}
