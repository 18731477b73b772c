import { Modal, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttributeItem } from '../../src/vocabulary/attributes.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { DefinitionForm } from './definition-form.tsx';
import { useVocabularyChange } from './vocabulary-change.ts';

type Kind = NonNullable<AttributeItem['kind']>;

const kinds: readonly Kind[] = ['text', 'number', 'boolean', 'date', 'list'];
const words = texts.datasets.attributes;

export interface AttributeDialogProps {
  dataset: string;
  edited: AttributeItem | 'new' | undefined;
  onClose(): void;
}

/** Says what an attribute is meant to hold, or takes it back. */
export function AttributeDialog({ dataset, edited, onClose }: AttributeDialogProps) {
  const title = edited === 'new' || !edited ? words.defineTitle : words.editTitle(edited.name);
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {edited && (
        <AttributeForm dataset={dataset} attribute={edited === 'new' ? undefined : edited} onClose={onClose} />
      )}
    </Modal>
  );
}

interface AttributeFormProps {
  dataset: string;
  /** Undefined for one that is not listed yet. */
  attribute: AttributeItem | undefined;
  onClose(): void;
}

function AttributeForm({ dataset, attribute, onClose }: AttributeFormProps) {
  const [name, setName] = useState(attribute?.name ?? '');
  const [kind, setKind] = useState<Kind>(attribute?.kind ?? mostUsed(attribute));
  const [description, setDescription] = useState(attribute?.description ?? '');
  const path = inDataset(dataset, 'attributes', name);
  const onSuccess = useVocabularyChange(['attributes', dataset], onClose);
  const save = useMutation({
    mutationFn: () => request('PUT', path, { body: { kind, description: description.trim() || null } }),
    onSuccess,
  });
  const undefine = useMutation({ mutationFn: () => request('DELETE', path), onSuccess });
  const isDefined = attribute !== undefined && attribute.kind !== null;
  return (
    <DefinitionForm
      save={save}
      saveLabel={words.save}
      isComplete={name !== ''}
      undefine={isDefined ? undefine : undefined}
      undefineLabel={words.undefine}
      undefineTitle={words.undefineTitle(name)}
      undefineText={words.undefineText(attribute?.users ?? 0)}
      description={description}
      onDescription={setDescription}
      onCancel={onClose}
    >
      {!attribute && (
        <TextInput
          label={words.name}
          description={words.nameHint}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          data-autofocus
        />
      )}
      <Select
        label={words.kind}
        data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
        value={kind}
        onChange={(value) => value && setKind(value as Kind)}
        allowDeselect={false}
      />
    </DefinitionForm>
  );
}

/** What most values are; what nobody has is text. */
function mostUsed(attribute: AttributeItem | undefined): Kind {
  const used = (['text', 'number', 'boolean', 'list'] as const).toSorted(
    (a, b) => (attribute?.kinds[b] ?? 0) - (attribute?.kinds[a] ?? 0),
  );
  return used[0] ?? 'text';
}
