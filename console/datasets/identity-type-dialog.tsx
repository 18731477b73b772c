import { Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { IdentityTypeItem } from '../../src/vocabulary/identity-types.ts';
import { inDataset, request } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { DefinitionForm } from './definition-form.tsx';
import { useVocabularyChange } from './vocabulary-change.ts';

const words = texts.datasets.identities;
const typePattern = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

export interface IdentityTypeDialogProps {
  dataset: string;
  edited: IdentityTypeItem | 'new' | undefined;
  onClose(): void;
}

/** Says what an identity type is for, or takes it back. */
export function IdentityTypeDialog({ dataset, edited, onClose }: IdentityTypeDialogProps) {
  const title = edited === 'new' || !edited ? words.defineTitle : words.editTitle(edited.type);
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {edited && <IdentityTypeForm dataset={dataset} item={edited === 'new' ? undefined : edited} onClose={onClose} />}
    </Modal>
  );
}

interface IdentityTypeFormProps {
  dataset: string;
  /** Undefined for one that is not listed yet. */
  item: IdentityTypeItem | undefined;
  onClose(): void;
}

function IdentityTypeForm({ dataset, item, onClose }: IdentityTypeFormProps) {
  const [type, setType] = useState(item?.type ?? '');
  const [description, setDescription] = useState(item?.description ?? '');
  const path = inDataset(dataset, 'identity-types', type);
  const onSuccess = useVocabularyChange(['identity-types', dataset], onClose);
  const save = useMutation({
    mutationFn: () => request('PUT', path, { body: { description: description.trim() || null } }),
    onSuccess,
  });
  const undefine = useMutation({ mutationFn: () => request('DELETE', path), onSuccess });
  const isNameable = typePattern.test(type);
  return (
    <DefinitionForm
      save={save}
      saveLabel={words.save}
      isComplete={isNameable}
      undefine={item && item.description !== null ? undefine : undefined}
      undefineLabel={words.undefine}
      undefineTitle={words.undefineTitle(type)}
      undefineText={words.undefineText(item?.users ?? 0)}
      description={description}
      onDescription={setDescription}
      onCancel={onClose}
    >
      {!item && (
        <TextInput
          label={words.type}
          description={words.typeHint}
          value={type}
          onChange={({ currentTarget }) => setType(currentTarget.value)}
          error={type !== '' && !isNameable}
          data-autofocus
        />
      )}
    </DefinitionForm>
  );
}
